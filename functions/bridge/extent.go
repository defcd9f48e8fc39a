package bridge

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"golang.org/x/sync/errgroup"

	"github.com/tallystream/tallystream/shared/kafka"
)

// extent is what a partition holds: offsets from first to before end, of which
// those before stable are decided. What stands from stable on waits for a
// transaction that is open, and can't be read: Kafka's last stable offset and
// its high watermark.
type extent struct{ first, stable, end int64 }

// logs asks for the extents of a topic's partitions.
func (d *loop) logs(ctx context.Context, topic string) (func(partition int32) (extent, error), error) {
	var lists [3]kadm.ListedOffsets
	var g errgroup.Group
	for i, list := range []func(context.Context, ...string) (kadm.ListedOffsets, error){
		d.admin.ListStartOffsets, d.admin.ListCommittedOffsets, d.admin.ListEndOffsets,
	} {
		g.Go(func() (err error) {
			if lists[i], err = list(ctx, topic); partial(err) {
				err = nil
			}
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	return func(partition int32) (extent, error) {
		var offsets [3]int64
		for i, list := range lists {
			o, ok := list.Lookup(topic, partition)
			if !ok {
				return extent{}, errors.New("the broker that leads it doesn't answer")
			}
			if o.Err != nil {
				return extent{}, o.Err
			}
			offsets[i] = o.Offset
		}
		return extent{first: offsets[0], stable: offsets[1], end: offsets[2]}, nil
	}, nil
}

// partial reports whether only some brokers failed to answer: what the others
// lead can be read.
func partial(err error) bool {
	var shards *kadm.ShardErrors
	return errors.As(err, &shards) && !shards.AllFailed
}

// observe asks how far the logs of the drain's partitions reach, and who holds
// back what can't be read, and returns the partitions that were answered for.
// The others stay as they were last heard of.
func (d *loop) observe(ctx context.Context) (heard []*partition, err error) {
	d.mu.Lock()
	topics := map[string][]*partition{}
	for _, p := range d.parts {
		topics[p.Topic] = append(topics[p.Topic], p)
	}
	d.mu.Unlock()
	waiting := map[kafka.TopicPartition]extent{}
	var errs []error
	for _, topic := range slices.Sorted(maps.Keys(topics)) {
		logs, err := d.logs(ctx, topic)
		if err != nil {
			errs = append(errs, fmt.Errorf("ends of topic %q: %w", topic, err))
			continue
		}
		for _, p := range topics[topic] {
			l, err := logs(p.Partition)
			if err != nil {
				errs = append(errs, fmt.Errorf("end of %s: %w", p.TopicPartition, err))
				continue
			}
			heard = append(heard, p)
			d.mu.Lock()
			p.log = l
			d.mu.Unlock()
			if l.stable < l.end {
				waiting[p.TopicPartition] = l
			}
		}
	}
	found := d.openTransactions(ctx, waiting)
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, p := range heard {
		p.held.update(p.log, found[p.TopicPartition], time.Now())
	}
	return heard, errors.Join(errs...)
}
