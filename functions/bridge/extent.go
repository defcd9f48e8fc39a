package bridge

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"golang.org/x/sync/errgroup"
)

const (
	// observeInterval is how often a drain looks where the logs end, and what
	// holds records back: a fetch doesn't tell of what it can't return.
	observeInterval = 5 * time.Second
	// lastObservation bounds the look at the end of a drain.
	lastObservation = 3 * time.Second
)

// extent is what a partition holds: offsets from first to before end, of which
// those before stable are decided. What stands from stable on waits for a
// transaction that is open, and can't be read: Kafka's last stable offset and
// its high watermark.
type extent struct{ first, stable, end int64 }

// logs asks for the extents of a topic's partitions.
func (d *drain) logs(ctx context.Context, topic string) (func(partition int32) (extent, error), error) {
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

// observePeriodically observes until the returned function is called, which
// waits for an observation under way.
func (d *drain) observePeriodically(ctx context.Context) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		ticker := time.NewTicker(observeInterval)
		defer ticker.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-ticker.C:
				d.observe(ctx, kafkaTimeout)
			}
		}
	}()
	return func() {
		cancel()
		<-done
	}
}

// observe asks where the logs of the drain's partitions end, and who holds
// back what can't be read. What isn't answered stays as it was last heard.
func (d *drain) observe(ctx context.Context, timeout time.Duration) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	d.mu.Lock()
	parts := map[string][]*partition{}
	for _, p := range d.parts {
		parts[p.topic] = append(parts[p.topic], p)
	}
	d.mu.Unlock()
	waiting := map[place]extent{}
	for _, topic := range slices.Sorted(maps.Keys(parts)) {
		logs, err := d.logs(ctx, topic)
		if err != nil {
			continue
		}
		for _, p := range parts[topic] {
			l, err := logs(p.place.partition)
			if err != nil {
				continue
			}
			d.mu.Lock()
			p.log = l
			d.mu.Unlock()
			if l.stable < l.end {
				waiting[p.place] = l
			}
		}
	}
	found := d.openTransactions(ctx, waiting)
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, list := range parts {
		for _, p := range list {
			p.held.update(p.log, found[p.place], time.Now())
		}
	}
}
