package bridge

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tallystream/tallystream/functions/bridge/decompress"
	"github.com/tallystream/tallystream/functions/bridge/kafkalog"
	"github.com/tallystream/tallystream/shared/drain"
	"github.com/tallystream/tallystream/shared/function"
	"github.com/tallystream/tallystream/shared/kafka"
)

// unsaved has the commits read, of which a replay needs the incarnations, and saves
// none.
type unsaved struct{ kafkalog.Commits }

// Save implements kafkalog.Commits.
func (unsaved) Save(context.Context, map[kafka.TopicPartition]kafkalog.Commit) error { return nil }

// locateReplay finds the offsets of a partition that are replayed. Where there are
// none, it leaves the partition out.
func (d *discoverer) locateReplay(ctx context.Context, f *found, p *partition, l kafkalog.Extent) error {
	r := d.request.Replay
	from, to := l.First, l.Stable
	var err error
	switch {
	case r.From != nil || r.To != nil:
		from, to = or(r.From, from), or(r.To, to)
	case r.FromTime != nil || r.ToTime != nil:
		if from, err = d.offsetAt(ctx, p.TopicPartition, r.FromTime, from); err != nil {
			return err
		}
		if to, err = d.offsetAt(ctx, p.TopicPartition, r.ToTime, to); err != nil {
			return err
		}
	}
	if next, ok := r.Next[p.Key()]; ok {
		from = max(from, next)
	}
	if from < l.First {
		f.warnings = note(f.warnings, "%s: offsets %d to %d can't be replayed: the broker doesn't hold them any more", p.TopicPartition, from, min(l.First, to)-1)
		from = l.First
	}
	if r.To == nil && r.ToTime == nil {
		to = l.End
	}
	if to = min(to, l.End); to > l.Stable {
		f.warnings = note(f.warnings, "%s: offsets %d to %d can't be replayed yet: they wait for an open transaction; replay them once it is committed or aborted", p.TopicPartition, max(from, l.Stable), to-1)
		to = l.Stable
	}
	if from >= to {
		return nil
	}
	begin := kafkalog.Mark{Next: from, Follows: -1, Epoch: -1}
	if from > l.First {
		if begin.Follows, err = d.predecessor(ctx, p.TopicPartition, l.First, from); err != nil {
			return err
		}
	}
	p.begin(begin)
	p.decided, p.target, p.log.extent = to, to, l
	f.parts[p.TopicPartition] = p
	return nil
}

func or(v *int64, fallback int64) int64 {
	if v == nil {
		return fallback
	}
	return *v
}

// offsetAt is the first offset whose record isn't older than a time.
func (d *discoverer) offsetAt(ctx context.Context, at kafka.TopicPartition, t *time.Time, fallback int64) (int64, error) {
	if t == nil {
		return fallback, nil
	}
	var lists kadm.ListedOffsets
	err := kafkalog.AnyBroker(ctx, func() (err error) {
		lists, err = d.admin.ListOffsetsAfterMilli(ctx, t.UnixMilli(), at.Topic)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("%s at %v: %w", at, *t, err)
	}
	o, ok := lists.Lookup(at.Topic, at.Partition)
	if !ok {
		return 0, fmt.Errorf("%s at %v: the broker that leads it doesn't answer", at, *t)
	}
	if o.Err != nil {
		return 0, fmt.Errorf("%s at %v: %w", at, *t, o.Err)
	}
	return o.Offset, nil
}

// predecessor is the offset of the last record before an offset, as far as the log
// holds one; else -1. A drain that read the log from below would know it.
func (d *discoverer) predecessor(ctx context.Context, at kafka.TopicPartition, first, before int64) (int64, error) {
	for back := int64(100); ; back *= 100 {
		from := max(first, before-back)
		last, err := d.lastRecord(ctx, at, from, before)
		if err != nil {
			return 0, fmt.Errorf("%s: read what comes before offset %d: %w", at, before, err)
		}
		if last >= 0 || from == first {
			return last, nil
		}
	}
}

// lastRecord is the offset of the last record from an offset to before another, or
// -1. The log has to hold an offset at before-1 or after: it ends the reading.
func (d *discoverer) lastRecord(ctx context.Context, at kafka.TopicPartition, from, before int64) (int64, error) {
	u := decompress.New(leastDecompressed)
	defer u.Close()
	client, err := kgo.NewClient(append(readerOptions(d.config, u),
		kgo.ConsumePartitions(map[string]map[int32]kgo.Offset{at.Topic: {at.Partition: kgo.NewOffset().At(from)}}))...)
	if err != nil {
		return 0, err
	}
	defer client.Close()
	last := int64(-1)
	for {
		fetches := client.PollFetches(ctx)
		if err := errors.Join(readError(fetches), ctx.Err()); err != nil {
			return 0, err
		}
		records, done := fetches.Records(), false
		for _, r := range records {
			if r.Offset < before && !r.Attrs.IsControl() {
				last = r.Offset
			}
			done = done || r.Offset >= before-1
		}
		recycle(records)
		if done {
			return last, nil
		}
	}
}

// readError is the first error of fetches, without decompress.ErrFull: the client
// asks for such a batch again.
func readError(fetches kgo.Fetches) error {
	for _, e := range fetches.Errors() {
		if !errors.Is(e.Err, decompress.ErrFull) {
			return e.Err
		}
	}
	return nil
}

// finish ends a partition once everything that was asked for is read.
func (d *loop) finish(p *partition) {
	d.batcher.publish(p)
	p.pass(p.target, p.epoch)
	d.stop(p)
}

// checkReplay refuses a replay of a topic that the bridge doesn't read; nil asks for
// none.
func checkReplay(r *drain.Replay, topics []string) error {
	if r == nil || r.Topic == "" || slices.Contains(topics, r.Topic) {
		return nil
	}
	return refuse("topic %q isn't one of the bridge's (%s): correct the replay, or KAFKA_TOPICS", r.Topic, strings.Join(topics, ", "))
}

// checkPartition refuses a replay of a partition that its topic doesn't have. Of a
// topic that isn't found, the summary says so.
func (d *loop) checkPartition(f *found) error {
	r := d.request.Replay
	if r == nil || r.Partition == nil {
		return nil
	}
	n, known := f.partitions[r.Topic]
	if !known || *r.Partition < n {
		return nil
	}
	return refuse("there is no partition %s/%d: the topic has %d, which count from 0", r.Topic, *r.Partition, n)
}

func refuse(format string, args ...any) error {
	return &function.RequestError{Status: http.StatusBadRequest, Text: fmt.Sprintf(format, args...)}
}

// next is where a replay that wasn't finished goes on, by topic/partition; nil where
// it was.
func (d *loop) next() map[string]int64 {
	var next map[string]int64
	for at, p := range d.parts {
		if reached := p.reached().Next; reached < p.target {
			if next == nil {
				next = map[string]int64{}
			}
			next[at.Key()] = reached
		}
	}
	return next
}
