package kafkalog

import (
	"context"
	"errors"

	"github.com/twmb/franz-go/pkg/kadm"
	"golang.org/x/sync/errgroup"
)

// An Extent is what the log of a partition holds: the offsets from First to before
// End, which is Kafka's high watermark. What stands from Stable on, Kafka's last
// stable offset, waits for an open transaction and can't be read.
type Extent struct{ First, Stable, End int64 }

// Extents asks for the extents of a topic's partitions. The error is one of the
// topic; the returned function gives that of a partition.
func Extents(ctx context.Context, admin *kadm.Client, topic string) (func(partition int32) (Extent, error), error) {
	var lists [3]kadm.ListedOffsets
	var g errgroup.Group
	for i, list := range []func(context.Context, ...string) (kadm.ListedOffsets, error){
		admin.ListStartOffsets, admin.ListCommittedOffsets, admin.ListEndOffsets,
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
	return func(partition int32) (Extent, error) {
		var offsets [3]int64
		for i, list := range lists {
			o, ok := list.Lookup(topic, partition)
			if !ok {
				return Extent{}, errors.New("the broker that leads it doesn't answer")
			}
			if o.Err != nil {
				return Extent{}, o.Err
			}
			offsets[i] = o.Offset
		}
		return Extent{First: offsets[0], Stable: offsets[1], End: offsets[2]}, nil
	}, nil
}

// partial reports whether some brokers failed to answer, and others did: the
// partitions of those that answered can be read.
func partial(err error) bool {
	var shards *kadm.ShardErrors
	return errors.As(err, &shards) && !shards.AllFailed
}
