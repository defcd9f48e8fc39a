package bridge

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"

	"github.com/tallystream/tallystream/functions/bridge/kafkalog"
	"github.com/tallystream/tallystream/shared/kafka"
	"github.com/tallystream/tallystream/shared/logends"
)

// reporter publishes how far the logs of the drain's partitions reach on Kafka, and how
// far they are carried: when a drain has found partitions, every REPORT_SECONDS, and at
// its end. A replay publishes no report: it carries what was carried before.
type reporter struct {
	config Config
	admin  *kadm.Client
	to     Publisher
	log    *slog.Logger
	silent bool
	found  wake // is woken when partitions were found

	cancel context.CancelFunc
	done   chan struct{} // closed when the periodic reports have ended

	mu         sync.Mutex
	parts      map[kafka.TopicPartition]*partition
	partitions map[string]int32 // how many each topic has
}

func newReporter(c Config, admin *kadm.Client, to Publisher, log *slog.Logger, silent bool) *reporter {
	return &reporter{
		config: c, admin: admin, to: to, log: log, silent: silent,
		found: make(wake, 1), done: make(chan struct{}),
		parts: map[kafka.TopicPartition]*partition{}, partitions: map[string]int32{},
	}
}

// start reports periodically, until last is called or ctx ends.
func (r *reporter) start(ctx context.Context) {
	ctx, r.cancel = context.WithCancel(ctx)
	go func() {
		defer close(r.done)
		ticker := time.NewTicker(r.config.ReportInterval)
		defer ticker.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-r.found:
			case <-ticker.C:
			}
			r.report(ctx)
		}
	}()
}

// add has partitions reported from now on, soon for the first time; partitions are
// how many each topic has.
func (r *reporter) add(parts map[kafka.TopicPartition]*partition, partitions map[string]int32) {
	r.mu.Lock()
	maps.Copy(r.parts, parts)
	maps.Copy(r.partitions, partitions)
	r.mu.Unlock()
	if len(parts) > 0 {
		r.found.up()
	}
}

// last ends the reporting with a report of what the drain has reached, unless
// its caller has gone.
func (r *reporter) last(ctx context.Context) {
	r.cancel()
	<-r.done
	if ctx.Err() == nil {
		r.report(ctx)
	}
}

// report sends what is known now. A report that can't be sent is logged. It doesn't
// fail the drain: the next report says more.
func (r *reporter) report(ctx context.Context) {
	if r.silent {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, kafkaTimeout)
	defer cancel()
	err := r.reportOnce(ctx)
	if err != nil && ctx.Err() == nil {
		r.log.WarnContext(ctx, "report of log ends", slog.String("error", err.Error()))
	}
}

func (r *reporter) reportOnce(ctx context.Context) error {
	observed := time.Now().UTC()
	// First how far the logs reach, then how far they are carried: what comes in
	// between makes no log look shorter than it was.
	heard, err := r.observe(ctx)
	all := r.ends(heard)
	for some := range slices.Chunk(all, logends.MaxPartitions) {
		data, attributes, err := logends.Encode(&logends.Report{ObservedAt: observed, Partitions: some})
		if err != nil {
			return err
		}
		if err := r.to.Publish(ctx, data, attributes); err != nil {
			return err
		}
	}
	return err
}

// observe asks how far the logs of the partitions reach, and who holds back what
// can't be read, and returns the partitions that were answered for. What is known
// of the others stays.
func (r *reporter) observe(ctx context.Context) (heard []*partition, err error) {
	r.mu.Lock()
	topics := map[string][]*partition{}
	for _, p := range r.parts {
		topics[p.Topic] = append(topics[p.Topic], p)
	}
	r.mu.Unlock()
	waiting := map[kafka.TopicPartition]kafkalog.Extent{}
	var errs []error
	for _, topic := range slices.Sorted(maps.Keys(topics)) {
		extents, err := kafkalog.Extents(ctx, r.admin, topic)
		if err != nil {
			errs = append(errs, fmt.Errorf("ends of topic %q: %w", topic, err))
			continue
		}
		for _, p := range topics[topic] {
			e, err := extents(p.Partition)
			if err != nil {
				errs = append(errs, fmt.Errorf("end of %s: %w", p.TopicPartition, err))
				continue
			}
			heard = append(heard, p)
			p.log.learn(func(f *facts) { f.extent = e })
			if e.Stable < e.End {
				waiting[p.TopicPartition] = e
			}
		}
	}
	open := kafkalog.OpenTransactions(ctx, r.admin, waiting)
	for _, p := range heard {
		p.log.learn(func(f *facts) { f.heldBack.Update(f.extent, open[p.TopicPartition], time.Now()) })
	}
	return heard, errors.Join(errs...)
}

// ends are the ends of partitions.
func (r *reporter) ends(heard []*partition) []logends.Partition {
	r.mu.Lock()
	counts := maps.Clone(r.partitions)
	r.mu.Unlock()
	var all []logends.Partition
	for _, p := range heard {
		reached := p.reached()
		known := p.log.known() // after reached: its incarnation is in the history
		if known.back {
			continue
		}
		history := known.history
		if known.lost >= 0 {
			// The leader epoch of the first record after the loss isn't known before it is
			// read. Until then the least that it can be stands for it. Otherwise records that
			// were read before the loss would count as records of the log that it is now.
			history = history.Add(known.lost, reached.Epoch+1)
		}
		e := known.extent
		all = append(all, logends.Partition{
			TopicPartition: kafka.TopicPartition{Topic: p.Topic, TopicID: history.At(p.topicID, reached), Partition: p.Partition},
			Partitions:     max(counts[p.Topic], p.Partition+1),
			LogStart:       e.First, LastStable: max(e.Stable, e.First), LogEnd: max(e.End, e.Stable, e.First),
			Next: reached.Next, LastRecord: reached.Follows, Deleted: known.deleted,
			Open: strings.ToValidUTF8(cut(known.heldBack.String(), logends.MaxOpen), ""),
		})
	}
	slices.SortFunc(all, func(a, b logends.Partition) int {
		return cmp.Or(cmp.Compare(a.Topic, b.Topic), cmp.Compare(a.Partition, b.Partition))
	})
	return all
}

// cut is the beginning of a text, of so many bytes at most.
func cut(text string, most int) string { return text[:min(len(text), most)] }
