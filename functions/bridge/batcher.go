package bridge

import (
	"context"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tallystream/tallystream/shared/kafka"
	"github.com/tallystream/tallystream/shared/recordbatch"
)

// batcher packs the records of a partition into a message, which it hands to the
// publisher when the message is full, or has waited for LINGER_MS.
type batcher struct {
	config    Config
	publisher *publisher
	waited    time.Duration // that it has waited for the budget
}

func newBatcher(c Config, p *publisher) *batcher { return &batcher{config: c, publisher: p} }

// toRecord is a record of Kafka as a message carries it; size is that of its value
// at the broker.
func toRecord(r *kgo.Record, key, value []byte, size int64) recordbatch.Record {
	return recordbatch.Record{Offset: r.Offset, Timestamp: r.Timestamp.UnixMilli(), Key: key, Value: value, Size: size}
}

// add adds a record to the message of its partition. If the budget is used up,
// it publishes the messages of all partitions, and waits until one of them is
// acknowledged. If ctx ends first, it leaves the record out and returns the error of ctx.
func (b *batcher) add(ctx context.Context, parts map[kafka.TopicPartition]*partition, p *partition, r recordbatch.Record, now time.Time) error {
	size := recordbatch.SizeOf(&r)
	if w := &p.waiting; w.batch != nil && (w.batch.Len() >= b.config.BatchRecords || w.batch.Size()+size > b.config.BatchBytes) {
		b.publish(p)
	}
	cost := b.publisher.budget.cost(size)
	if !b.publisher.budget.take(cost) {
		// Only acknowledgements free budget: what lingers must be published too.
		b.publishAll(parts)
		begun := time.Now()
		err := b.publisher.budget.wait(ctx, cost)
		b.waited += time.Since(begun)
		if err != nil {
			return err
		}
	}
	w := &p.waiting
	if w.batch == nil {
		*w = waiting{batch: p.newBuilder(), since: now}
	}
	w.batch.Add(r)
	w.cost += cost
	w.bytes += int64(len(r.Key)) + r.Size
	return nil
}

// publish hands the message of a partition to the publisher.
func (b *batcher) publish(p *partition) {
	w := p.waiting
	if w.batch == nil {
		return
	}
	p.waiting = waiting{}
	b.publisher.publish(p, w)
}

// publishAll hands all messages to the publisher.
func (b *batcher) publishAll(parts map[kafka.TopicPartition]*partition) {
	for _, p := range parts {
		b.publish(p)
	}
}

// publishDue hands on the messages that have waited long enough, and returns when
// the next one will have; zero for none.
func (b *batcher) publishDue(parts map[kafka.TopicPartition]*partition, now time.Time) (next time.Time) {
	for _, p := range parts {
		if p.waiting.batch == nil {
			continue
		}
		due := p.waiting.since.Add(b.config.Linger)
		if !due.After(now) {
			b.publish(p)
		} else if next.IsZero() || due.Before(next) {
			next = due
		}
	}
	return next
}

// drop gives up the message of a partition that is read no more.
func (b *batcher) drop(p *partition) {
	if p.waiting.batch != nil {
		p.waiting.batch.Free()
	}
	b.publisher.budget.give(p.waiting.cost)
	p.waiting = waiting{}
}
