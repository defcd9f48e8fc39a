package bridge

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"sync/atomic"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tallystream/tallystream/functions/bridge/kafkalog"
	"github.com/tallystream/tallystream/shared/drain"
	"github.com/tallystream/tallystream/shared/kafka"
)

// loop is one drain. Its goroutine reads and packs; the publisher, the committer,
// the discoverer and the reporter work beside it:
//
//	discoverer ──▶ reader ──▶ batcher ──▶ publisher ──▶ Pub/Sub
//	                                          │ acknowledged
//	                                      committer ──▶ Kafka
type loop struct {
	config  Config
	request drain.BridgeRequest
	log     *slog.Logger
	closing <-chan struct{} // closed when the drain is to end soon
	commits func(*kadm.Client) kafkalog.Commits
	reached *atomic.Bool // whether a drain of this process has reached a broker

	admin      *kadm.Client
	discoverer *discoverer
	reader     *reader
	batcher    *batcher
	publisher  *publisher
	committer  *committer
	reporter   *reporter
	interrupt  wake // ends the reader's wait for records

	parts     map[kafka.TopicPartition]*partition // that are read
	missing   []string                            // topics that don't exist
	unfound   []string                            // what the discoverer couldn't find out, and why
	transient bool                                // whether it may find that out next time
	awake     bool                                // whether anything has come of late
	refused   error                               // why the request can't be followed
	summary   summary
}

// wake interrupts a wait: it holds a token once there is news for who waits.
type wake chan struct{}

func (w wake) up() {
	select {
	case w <- struct{}{}:
	default:
	}
}

func newLoop(b *Bridge, r drain.BridgeRequest) *loop {
	d := &loop{
		config:    b.config,
		request:   r,
		log:       b.log,
		closing:   b.drains.Closing(),
		commits:   b.commits,
		reached:   &b.reached,
		interrupt: make(wake, 1),
		parts:     map[kafka.TopicPartition]*partition{},
	}
	if r.Replay != nil {
		d.commits = func(admin *kadm.Client) kafkalog.Commits { return unsaved{b.commits(admin)} }
	}
	d.publisher = newPublisher(b.publisher, b.config.InflightBytes, d.interrupt)
	d.reader = newReader(b.config)
	d.batcher = newBatcher(b.config, d.publisher)
	return d
}

// run carries until the end of the drain, then waits for what is in flight and
// commits it. The error is a *function.RequestError that refuses the request:
// nothing was published.
func (d *loop) run(ctx context.Context) (drain.BridgeSummary, error) {
	start := time.Now()
	if err := checkReplay(d.request.Replay, d.config.Topics); err != nil {
		return drain.BridgeSummary{}, err
	}
	// Few retries: a broker that is down shouldn't hide what the others have.
	client, err := kgo.NewClient(append(clientOptions(d.config), kgo.RequestRetries(3))...)
	if err != nil {
		d.summary.fail("Kafka client: %v", err)
		return d.summary.BridgeSummary, nil
	}
	defer client.Close()
	if err := d.reachPatiently(ctx, client); err != nil {
		d.summary.fail("Kafka at %v can't be reached: %v", d.config.Kafka.Brokers, d.config.Kafka.Explain(err))
		return d.summary.BridgeSummary, nil
	}
	d.admin = kadm.NewClient(client)
	d.committer = newCommitter(d.config, d.commits(d.admin), d.log, d.interrupt)
	d.reporter = newReporter(d.config, d.admin, d.publisher.to, d.log, d.request.Replay != nil)

	d.publisher.start(ctx)
	d.committer.start(ctx)
	d.reporter.start(ctx)
	d.carry(ctx, start.Add(d.request.Duration(d.config.Drain)))
	timeout := abortTimeout
	if ctx.Err() == nil {
		d.batcher.publishAll(d.parts)
		timeout = flushTimeout
	}
	d.reader.close()
	d.publisher.await(timeout, d.closing)
	if err := d.committer.last(ctx, closed(d.closing)); err != nil {
		d.summary.fail("%v", d.config.Kafka.Explain(err))
	}
	d.reporter.last(ctx)
	return d.sum(time.Since(start)), d.refused
}

// carry reads, packs and publishes until the deadline, ctx's end, until the drain
// has caught up, or until the bridge is closed.
func (d *loop) carry(ctx context.Context, deadline time.Time) {
	ctx, cancel := context.WithDeadline(ctx, deadline)
	defer cancel()
	defer afterClose(d.closing, cancel)()
	d.discoverer = d.discover(ctx)
	defer d.discoverer.stop()
	heard := time.Now() // when records came last
	found := heard      // when partitions were found last
	for ctx.Err() == nil && !d.committer.forbidden.Load() {
		if f := d.discoverer.found(); f != nil {
			if d.refused = d.checkPartition(f); d.refused != nil {
				return
			}
			if err := d.extend(f); err != nil {
				d.summary.fail("%v", d.config.Kafka.Explain(err))
				return // the next drain tries again
			}
			if !d.transient {
				heard, found = time.Now(), time.Now()
			}
		}
		now := time.Now()
		if d.rests(now) {
			d.summary.Idle = true
			return
		}
		next := d.batcher.publishDue(d.parts, now)
		if d.request.Until == drain.CaughtUp && d.discoverer.asked {
			if d.caughtUp(now.Sub(found) > quiet) && !d.transient || now.Sub(heard) > quiet {
				return
			}
			next = earliest(next, heard.Add(quiet+time.Millisecond))
			if now.Before(found.Add(quiet)) {
				next = earliest(next, found.Add(quiet+time.Millisecond))
			}
		}
		if d.read(ctx, earliest(next, deadline)) {
			heard, d.awake = time.Now(), true
		}
		d.stopFailed()
	}
	if d.request.Replay != nil && !d.discoverer.asked {
		d.summary.fail("the time was up before the partitions were found: ask for more seconds")
	}
}

// afterClose calls f once closing is closed, unless the returned function was
// called before.
func afterClose(closing <-chan struct{}, f func()) (stop func()) {
	stopped := make(chan struct{})
	go func() {
		select {
		case <-closing:
			f()
		case <-stopped:
		}
	}()
	return func() { close(stopped) }
}

// closed reports whether a channel is closed.
func closed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

// earliest returns the earlier time; the zero time is none.
func earliest(a, b time.Time) time.Time {
	if a.IsZero() || b.Before(a) {
		return b
	}
	return a
}

// extend begins to read the partitions that were found. The error is one that ends
// the drain.
func (d *loop) extend(f *found) error {
	if f.err != nil {
		if len(d.parts) == 0 {
			return f.err
		}
		d.summary.fail("%v", d.config.Kafka.Explain(f.err))
		return nil
	}
	d.missing = f.missing
	for _, w := range f.warnings {
		d.summary.warn("%s", w)
	}
	d.unfound, d.transient = f.errors, f.transient
	d.awake = d.awake || f.recent
	maps.Copy(d.parts, f.parts)
	d.committer.add(f.parts)
	d.reporter.add(f.parts, f.partitions)
	return d.reader.add(f.parts)
}

// caughtUp reports whether the loop has read up to the ends that the logs had at the
// start. With decided it is enough to have read up to the first transaction that was
// open then: some transactions never end.
func (d *loop) caughtUp(decided bool) bool {
	for _, p := range d.parts {
		end := p.target
		if decided {
			end = p.decided
		}
		if !p.stopped && p.position < end {
			return false
		}
	}
	return true
}

// clientOptions are those of all clients of a drain.
func clientOptions(c Config) []kgo.Opt {
	// Until metadata has this age, a client doesn't see what is new.
	return append(c.Kafka.Options(), kgo.MetadataMinAge(250*time.Millisecond))
}

// topicError is what is wrong with all of a topic.
type topicError struct{ sentence string }

func (e *topicError) Error() string { return e.sentence }

// topicFails says why a topic can't be read, in the same words wherever it is
// found out.
func topicFails(c Config, topic string, err error) string {
	if errors.Is(err, kerr.TopicAuthorizationFailed) {
		err = kerr.TopicAuthorizationFailed
	}
	return fmt.Sprintf("topic %q can't be read: %v", topic, c.Kafka.Explain(err))
}
