package bridge

import (
	"context"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/tallystream/tallystream/shared/kafka"
	"github.com/tallystream/tallystream/shared/logends"
)

// reporter looks how far the logs of the drain's partitions reach on Kafka, and
// tells those behind Pub/Sub, with how far they are carried: when a drain has
// found partitions, every ReportInterval, and at its end. A replay, which carries
// what was carried before, tells nothing.
type reporter struct {
	d      *loop
	found  chan struct{} // holds a token when partitions were found
	cancel context.CancelFunc
	done   chan struct{}
}

// report starts to report.
func (d *loop) report(ctx context.Context) *reporter {
	ctx, cancel := context.WithCancel(ctx)
	r := &reporter{d: d, found: make(chan struct{}, 1), cancel: cancel, done: make(chan struct{})}
	go func() {
		defer close(r.done)
		ticker := time.NewTicker(d.config.ReportInterval)
		defer ticker.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-r.found:
			case <-ticker.C:
			}
			r.send(ctx)
		}
	}()
	return r
}

// partitionsFound has a report sent soon.
func (r *reporter) partitionsFound() {
	select {
	case r.found <- struct{}{}:
	default:
	}
}

// last ends the reporting with a report of what the drain has reached, unless
// its caller has gone.
func (r *reporter) last(ctx context.Context) {
	r.cancel()
	<-r.done
	if ctx.Err() == nil {
		r.send(ctx)
	}
}

// send sends what is known now. One that can't be sent is missed by whoever
// waits for it: it says so in the log, and fails nothing.
func (r *reporter) send(ctx context.Context) {
	if r.d.request.Replay != nil {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, kafkaTimeout)
	defer cancel()
	err := r.d.reportOnce(ctx)
	if err != nil && ctx.Err() == nil {
		r.d.log.WarnContext(ctx, "report of log ends", slog.String("error", err.Error()))
	}
}

func (d *loop) reportOnce(ctx context.Context) error {
	observed := time.Now().UTC()
	// First how far the logs reach, then how far they are carried: what comes in
	// between makes no log look shorter than it was.
	heard, err := d.observe(ctx)
	all := d.ends(heard)
	for some := range slices.Chunk(all, logends.MaxPartitions) {
		data, attributes, err := logends.Encode(&logends.Report{ObservedAt: observed, Partitions: some})
		if err != nil {
			return err
		}
		if err := d.publisher.Publish(ctx, data, attributes); err != nil {
			return err
		}
	}
	return err
}

// ends are the ends of partitions that were looked at.
func (d *loop) ends(heard []*partition) []logends.Partition {
	d.mu.Lock()
	defer d.mu.Unlock()
	var all []logends.Partition
	for _, p := range heard {
		if p.back {
			continue
		}
		l, reached := p.log, p.reached()
		history := p.history
		if p.lost >= 0 {
			// Of which epoch the first record behind the loss is shows when it is read.
			// Until then the least stands for it: what was read of the log as it was
			// must not stand for what it holds now.
			history = history.add(p.lost, reached.epoch+1)
		}
		all = append(all, logends.Partition{
			TopicPartition: kafka.TopicPartition{Topic: p.Topic, TopicID: history.at(p.topicID, reached), Partition: p.Partition},
			Partitions:     max(d.partitions[p.Topic], p.Partition+1),
			LogStart:       l.first, LastStable: max(l.stable, l.first), LogEnd: max(l.end, l.stable, l.first),
			Next: reached.next, LastRecord: reached.follows, Deleted: p.deleted,
			Open: strings.ToValidUTF8(cut(p.held.String(), logends.MaxOpen), ""),
		})
	}
	slices.SortFunc(all, func(a, b logends.Partition) int {
		return a.WithoutID().Compare(b.WithoutID())
	})
	return all
}

// cut is the beginning of a text.
func cut(text string, most int) string { return text[:min(len(text), most)] }
