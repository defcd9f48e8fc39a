package bridge

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tallystream/tallystream/functions/bridge/kafkalog"
	"github.com/tallystream/tallystream/shared/kafka"
)

// read waits for records until a time, or until the loop is woken, and packs
// them. It reports whether there were any.
func (d *loop) read(ctx context.Context, until time.Time) (records bool) {
	return d.reader.poll(ctx, until, d.interrupt, func(f kgo.FetchTopicPartition) {
		p := d.parts[kafka.TopicPartition{Topic: f.Topic, Partition: f.Partition}]
		switch {
		case p == nil || p.stopped:
		case f.Err != nil:
			d.fetchFailed(p, f.Err)
		default:
			d.takeAll(ctx, p, &f.FetchPartition, time.Now())
		}
	})
}

// takeAll takes the records of one partition of a fetch.
func (d *loop) takeAll(ctx context.Context, p *partition, f *kgo.FetchPartition, now time.Time) {
	if p.err() != nil {
		d.stop(p)
		return
	}
	p.log.heard(f)
	if from := max(p.position, p.gone); f.LogStartOffset > from && d.request.Replay == nil {
		p.gone = f.LogStartOffset
		p.log.learn(func(known *facts) { known.deleted += f.LogStartOffset - from })
	}
	if f.LogStartOffset > p.position {
		d.summary.warn("%s: offsets %d to %d were deleted by the broker before they were read: lengthen the topic's retention, or drain more often",
			p.TopicPartition, p.position, f.LogStartOffset-1)
	}
	for _, r := range f.Records {
		if r.Offset < p.position {
			d.wentBack(p, "the log is read from offset %d again", r.Offset)
			return
		}
		if r.LeaderEpoch != p.epoch && !d.continues(ctx, p) {
			return
		}
		if d.request.Replay != nil && r.Offset >= p.target {
			d.finish(p)
			return
		}
		if d.take(ctx, p, r, now) != nil {
			return
		}
	}
}

// take packs one record of a partition. After an error the record was left.
func (d *loop) take(ctx context.Context, p *partition, r *kgo.Record, now time.Time) error {
	d.identify(p, r)
	if r.Attrs.IsControl() {
		p.pass(r.Offset+1, r.LeaderEpoch)
		return nil
	}
	key, value, size, err := d.reader.decompressor.Open(r)
	if err != nil {
		d.stop(p)
		d.summary.fail("%s can't be read from offset %d on: %v", p.TopicPartition, p.position, err)
		return err
	}
	record := toRecord(r, key, value, size)
	if err := d.batcher.add(ctx, d.parts, p, record, now); err != nil {
		return err
	}
	p.position, p.follows, p.epoch = r.Offset+1, r.Offset, r.LeaderEpoch
	return nil
}

// identify finds the incarnation that a record belongs to. Another one begins a
// chain of its own.
func (d *loop) identify(p *partition, r *kgo.Record) {
	if p.log.lost >= 0 && r.Offset >= p.log.lost { // the loop alone changes these: it needs no lock to read them
		p.log.learn(func(f *facts) { f.history, f.lost = f.history.Add(f.lost, r.LeaderEpoch), -1 })
	}
	if id := p.log.history.ID(p.topicID, r.Offset); id != p.id {
		d.batcher.publish(p)
		p.id, p.follows = id, -1
	}
}

// continues reports whether the log that a new leader has still holds what was
// read from the one before.
func (d *loop) continues(ctx context.Context, p *partition) bool {
	ends, err := kafkalog.EpochEnds(ctx, d.admin, p.Topic, map[int32]int32{p.Partition: p.epoch})
	if ctx.Err() != nil {
		return false
	}
	if err != nil {
		d.stop(p)
		d.summary.fail("%s: whether its new leader has what was read below offset %d can't be told: %v", p.TopicPartition, p.position, err)
		return false
	}
	if from, lost := ends[p.Partition].LostBelow(p.position, p.log.known().extent); lost {
		d.wentBack(p, "leader epoch %d ends at %d", p.epoch, from)
		return false
	}
	return true
}

// wentBack ends the reading of a partition whose log has lost what was read:
// what was read counts, and is committed, so that the next drain finds where
// the two part.
func (d *loop) wentBack(p *partition, format string, args ...any) {
	if p.stopped {
		return
	}
	p.log.learn(func(f *facts) { f.back = true })
	d.batcher.publish(p)
	d.stop(p)
	d.summary.fail("%s: the broker lost records that were read below offset %d: %s; the next drain goes on where the log does", p.TopicPartition, p.position, fmt.Sprintf(format, args...))
}

// fetchFailed notes an error of a partition. The client has retried what can
// be, and reads no more of it.
func (d *loop) fetchFailed(p *partition, err error) {
	var loss *kgo.ErrDataLoss
	if errors.As(err, &loss) {
		d.wentBack(p, "leader epoch %d ends at %d", loss.ConsumedToEpoch, loss.ResetTo)
		return
	}
	d.stop(p)
	if errors.Is(err, kerr.TopicAuthorizationFailed) {
		d.summary.fail("%s", topicFails(d.config, p.Topic, err))
		return
	}
	d.summary.fail("%s can't be read from offset %d on: %v", p.TopicPartition, p.position, d.config.Kafka.Explain(err))
}

// stopFailed stops the partitions of which a message wasn't published: what
// follows it couldn't be committed in this drain.
func (d *loop) stopFailed() {
	for _, p := range d.parts {
		if !p.stopped && p.err() != nil {
			d.stop(p)
		}
	}
}

// stop reads no more of a partition in this drain.
func (d *loop) stop(p *partition) {
	p.stopped = true
	d.batcher.drop(p)
	d.reader.stop(p)
}
