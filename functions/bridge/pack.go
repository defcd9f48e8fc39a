package bridge

import (
	"context"
	"fmt"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tallystream/tallystream/shared/recordbatch"
)

// waiting is the message that a partition's next records join.
type waiting struct {
	batch *recordbatch.Builder // nil for none
	since time.Time            // arrival of its first record
	cost  int                  // taken from the budget
	bytes int64                // of keys and values
}

// take takes one record of a partition. After an error the record was left.
func (d *loop) take(ctx context.Context, p *partition, r *kgo.Record, now time.Time) error {
	d.identify(p, r)
	if r.Attrs.IsControl() {
		p.pass(r.Offset+1, r.LeaderEpoch)
		return nil
	}
	key, value, whole, err := d.decompressor.Open(r)
	if err != nil {
		d.stop(p)
		d.summary.fail("%s can't be read from offset %d on: %v", p.TopicPartition, p.position, err)
		return err
	}
	record := recordbatch.Record{Offset: r.Offset, Timestamp: r.Timestamp.UnixMilli(), Key: key, Value: value, Size: whole}
	size := recordbatch.SizeOf(&record)
	if w := &p.builder; w.batch != nil && (w.batch.Len() >= d.config.BatchRecords || w.batch.Size()+size > d.config.BatchBytes) {
		d.send(p)
	}
	cost := d.budget.cost(size)
	for !d.budget.take(cost) {
		// Only what is published comes back, so nothing may linger now.
		d.sendAll()
		begun := time.Now()
		err := d.budget.wait(ctx)
		d.held += time.Since(begun)
		if err != nil {
			return err
		}
	}
	w := &p.builder
	if w.batch == nil {
		*w = waiting{batch: p.newBuilder(), since: now}
	}
	w.batch.Add(record)
	w.cost += cost
	w.bytes += int64(len(key)) + whole
	p.position, p.follows, p.epoch = r.Offset+1, r.Offset, r.LeaderEpoch
	return nil
}

// identify finds the incarnation that a record belongs to. Another one begins a
// chain of its own.
func (d *loop) identify(p *partition, r *kgo.Record) {
	if p.lost >= 0 && r.Offset >= p.lost {
		d.mu.Lock()
		p.history, p.lost = p.history.add(p.lost, r.LeaderEpoch), -1
		d.mu.Unlock()
	}
	if id := p.history.id(p.topicID, r.Offset); id != p.id {
		d.send(p)
		p.id, p.follows = id, -1
	}
}

// pass moves over offsets that hold no records.
func (p *partition) pass(next int64, epoch int32) {
	p.position, p.epoch = next, epoch
	if p.builder.batch == nil {
		p.skip(next, epoch)
	}
}

// send publishes the message that waits, in the background.
func (d *loop) send(p *partition) {
	w := p.builder
	if w.batch == nil {
		return
	}
	p.builder = waiting{}
	f := p.depart(mark{next: p.position, follows: p.follows, epoch: p.epoch})
	d.flights.Go(func() {
		defer d.budget.give(w.cost)
		err := d.publish(p, &w)
		p.arrive(f, err)
		if err != nil {
			d.wake()
		}
	})
}

func (d *loop) publish(p *partition, w *waiting) error {
	records := w.batch.Len()
	data, attributes, err := w.batch.Message()
	w.batch.Free()
	if err != nil {
		return err
	}
	if err := d.publisher.Publish(d.publishing, data, attributes); err != nil {
		if cause := context.Cause(d.publishing); cause != nil {
			return fmt.Errorf("%w: %w", cause, err)
		}
		return err
	}
	d.published(int64(records), w.bytes)
	return nil
}

// sendAll publishes all messages that wait.
func (d *loop) sendAll() {
	for _, p := range d.parts {
		d.send(p)
	}
}

// sendDue publishes the messages that have waited long enough, and returns
// when the next one will have.
func (d *loop) sendDue(now time.Time) (next time.Time) {
	for _, p := range d.parts {
		if p.builder.batch == nil {
			continue
		}
		due := p.builder.since.Add(d.config.Linger)
		if !due.After(now) {
			d.send(p)
		} else if next.IsZero() || due.Before(next) {
			next = due
		}
	}
	return next
}

// drop gives up the message that waits: its partition reads no more.
func (d *loop) drop(p *partition) {
	if p.builder.batch != nil {
		p.builder.batch.Free()
	}
	d.budget.give(p.builder.cost)
	p.builder = waiting{}
}
