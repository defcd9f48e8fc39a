package bridge

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/tallystream/tallystream/functions/bridge/decompress"
	"github.com/tallystream/tallystream/shared/drain"
	"github.com/tallystream/tallystream/shared/kafka"
)

const (
	// kafkaTimeout bounds the requests of one step that isn't reading.
	kafkaTimeout = 10 * time.Second
	// commitInterval is how often a drain commits: what a killed one repeats.
	commitInterval = time.Second
	// discoverInterval is how often a drain looks for new partitions, and for
	// topics that weren't there.
	discoverInterval        = 30 * time.Second
	discoverIntervalMissing = 500 * time.Millisecond
	// flushTimeout bounds the wait for acknowledgements after the reading has
	// ended; closeTimeout does where the process is about to end, of whose ten
	// seconds the last commit needs some too; abortTimeout does where the caller
	// has gone.
	flushTimeout = 15 * time.Second
	closeTimeout = 5 * time.Second
	abortTimeout = 2 * time.Second
	// leastUnfolded is what a drain may unfold of batches at least.
	leastUnfolded = 8 << 20
	// quiet is how long a drain that is to catch up waits for a record that
	// should be there.
	quiet = 5 * time.Second
)

// loop is one drain. One goroutine reads; others publish and commit.
type loop struct {
	config    Config
	request   drain.BridgeRequest
	publisher Publisher
	log       *slog.Logger
	closing   <-chan struct{} // closed when the drain is to end soon

	openOffsets func(*kadm.Client) offsetStore
	offsets     offsetStore
	admin       *kadm.Client
	reader      *kgo.Client // nil until there is a partition to read

	decompressor *decompress.Decompressor
	budget       *budget
	held         time.Duration // that the reading loop has waited for the budget
	flights      sync.WaitGroup
	publishing   context.Context // of the messages in flight
	reporter     *reporter
	forbidden    atomic.Bool   // whether the group may not be committed to: there is no sense in reading
	interrupt    chan struct{} // holds a token when the reader should look around

	mu         sync.Mutex // guards parts against the committer, and summary's figures
	parts      map[kafka.TopicPartition]*partition
	partitions map[string]int32 // how many each topic has
	missing    []string         // topics that don't exist
	unfound    []string         // what the last look couldn't look at, and why
	transient  bool             // whether another look may
	summary    summary          // its notes are the reading loop's
}

func newLoop(b *Bridge, r drain.BridgeRequest) *loop {
	openOffsets := b.openOffsets
	if r.Replay != nil {
		openOffsets = func(admin *kadm.Client) offsetStore { return unsaved{b.openOffsets(admin)} }
	}
	return &loop{
		config:       b.config,
		request:      r,
		publisher:    b.publisher,
		log:          b.log,
		closing:      b.drains.Closing(),
		openOffsets:  openOffsets,
		decompressor: decompress.New(max(2*b.config.InflightBytes, leastUnfolded)),
		budget:       newBudget(b.config.InflightBytes),
		interrupt:    make(chan struct{}, 1),
		parts:        map[kafka.TopicPartition]*partition{},
		partitions:   map[string]int32{},
	}
}

// run reads until the end of the drain, then waits for what is in flight and
// commits.
func (d *loop) run(ctx context.Context) drain.BridgeSummary {
	start := time.Now()
	deadline := start.Add(d.request.Duration(d.config.Drain))
	if err := d.checkReplay(); err != nil {
		d.summary.fail("%v", err)
		return d.summary.BridgeSummary
	}

	// Few retries: a broker that is down shouldn't hide what the others have.
	admin, err := kgo.NewClient(append(d.clientOptions(), kgo.RequestRetries(3))...)
	if err != nil {
		d.summary.fail("Kafka client: %v", err)
		return d.summary.BridgeSummary
	}
	defer admin.Close()
	d.admin = kadm.NewClient(admin)
	d.offsets = d.openOffsets(d.admin)
	if err := d.reach(ctx, admin); err != nil {
		d.summary.fail("Kafka at %v can't be reached: %v", d.config.Kafka.Brokers, d.config.Kafka.Explain(err))
		return d.summary.BridgeSummary
	}

	publishing, stopPublishing := context.WithCancelCause(context.WithoutCancel(ctx))
	defer stopPublishing(nil)
	d.publishing = publishing

	stopCommitting := d.commitPeriodically(ctx)
	d.reporter = d.report(ctx)
	d.read(ctx, deadline)
	timeout := abortTimeout
	if ctx.Err() == nil {
		d.sendAll()
		timeout = flushTimeout
		if d.isClosing() {
			timeout = closeTimeout
		}
	}
	if d.reader != nil {
		d.reader.Close()
	}
	d.decompressor.Close()
	timer := time.AfterFunc(timeout, func() {
		stopPublishing(fmt.Errorf("not acknowledged %v after the end of the drain", timeout))
	})
	d.flights.Wait()
	timer.Stop()
	stopCommitting()
	if err := d.commitLast(ctx); err != nil {
		d.summary.fail("%v", d.config.Kafka.Explain(err))
	}
	d.reporter.last(ctx)
	return d.close(time.Since(start))
}

// clientOptions are those of all clients of a drain.
func (d *loop) clientOptions() []kgo.Opt {
	// Until metadata has this age, a client doesn't see what is new.
	return append(d.config.Kafka.Options(), kgo.MetadataMinAge(250*time.Millisecond))
}

// reach makes sure that a broker answers. All are asked at once: one that hangs
// mustn't keep the others from it. The error is the most telling of theirs.
func (d *loop) reach(ctx context.Context, client *kgo.Client) error {
	ctx, cancel := context.WithTimeout(ctx, kafkaTimeout)
	defer cancel()
	seeds := client.SeedBrokers()
	answers := make(chan error, len(seeds))
	for _, seed := range seeds {
		go func() {
			request := kmsg.NewPtrMetadataRequest()
			request.Topics = []kmsg.MetadataRequestTopic{}
			_, err := seed.Request(ctx, request)
			answers <- err
		}()
	}
	var first error
	for range seeds {
		err := <-answers
		if err == nil {
			return nil
		}
		if first == nil || errors.Is(first, context.DeadlineExceeded) {
			first = err
		}
	}
	return first
}

// isClosing reports whether the drain is to end soon.
func (d *loop) isClosing() bool {
	select {
	case <-d.closing:
		return true
	default:
		return false
	}
}

// close fills in the summary.
func (d *loop) close(took time.Duration) drain.BridgeSummary {
	s := d.summary
	for _, e := range d.unfound {
		s.fail("%s", e)
	}
	if d.request.Replay != nil {
		s.Next = d.next()
		if len(d.parts) == 0 {
			s.warn("Kafka holds nothing of what was to be replayed")
		}
	}
	s.Partitions, s.Seconds, s.Held, s.CaughtUp = len(d.parts), took.Seconds(), d.held.Seconds(), len(s.Errors) == 0
	for _, name := range d.missing {
		s.warn("topic %q doesn't exist: create it or correct KAFKA_TOPICS", name)
	}
	for _, p := range d.parts {
		reached := p.reached().next
		end := p.log.end
		if d.request.Replay != nil {
			end = p.target
		} else if sentence := p.held.warning(p.TopicPartition, time.Now()); sentence != "" {
			s.warn("%s", sentence)
		}
		s.Lag += max(0, end-reached)
		if reached < p.target {
			s.CaughtUp = false
		}
		if err := p.err(); err != nil {
			var topic *topicError
			if errors.As(err, &topic) {
				s.fail("%v", topic)
			} else {
				s.fail("%s from offset %d on: %v", p.TopicPartition, reached, err)
			}
			s.CaughtUp = false
		}
	}
	return s.BridgeSummary
}

// published counts a message.
func (d *loop) published(records, bytes int64) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.summary.Messages++
	d.summary.Records += records
	d.summary.Bytes += bytes
}

// wake interrupts the reader's wait for records.
func (d *loop) wake() {
	select {
	case d.interrupt <- struct{}{}:
	default:
	}
}
