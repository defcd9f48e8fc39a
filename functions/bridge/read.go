package bridge

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tallystream/tallystream/functions/bridge/decompress"
	"github.com/tallystream/tallystream/shared/drain"
	"github.com/tallystream/tallystream/shared/kafka"
)

// Bounds of a fetch. They, the budget and the compressors are most of the
// memory of an instance.
const (
	fetchMaxBytes          = 2 << 20                // of a broker's answer
	fetchMaxPartitionBytes = 512 << 10              // of one partition in it
	fetchMaxWait           = 500 * time.Millisecond // a new partition joins the next fetch
	pollRecords            = 10_000
)

// read reads until the deadline, ctx's end, until it has caught up, or until the
// bridge is closed.
func (d *loop) read(ctx context.Context, deadline time.Time) {
	ctx, cancel := context.WithDeadline(ctx, deadline)
	defer cancel()
	ended := make(chan struct{})
	defer close(ended)
	go func() {
		select {
		case <-d.closing:
			cancel()
		case <-ended:
		}
	}()
	lookout := d.lookOut(ctx)
	defer lookout.stop()
	heard := time.Now() // when records came last
	found := heard      // when partitions were found last
	for ctx.Err() == nil && !d.forbidden.Load() {
		if f := lookout.found(); f != nil {
			if err := d.extend(f); err != nil {
				d.summary.fail("%v", d.config.Kafka.Explain(err))
				return // the next drain tries again
			}
			if !d.transient {
				heard, found = time.Now(), time.Now()
			}
		}
		now := time.Now()
		next := d.sendDue(now)
		if d.request.Until == drain.CaughtUp && lookout.looked {
			if d.caughtUp(now.Sub(found) > quiet) && !d.transient || now.Sub(heard) > quiet {
				return
			}
			next = earliest(next, heard.Add(quiet+time.Millisecond))
			if now.Before(found.Add(quiet)) {
				next = earliest(next, found.Add(quiet+time.Millisecond))
			}
		}
		if d.poll(ctx, earliest(next, deadline)) {
			heard = time.Now()
		}
		d.stopFailed()
	}
	if d.request.Replay != nil && !lookout.looked {
		d.summary.fail("the time was up before the partitions were found: ask for more seconds")
	}
}

// earliest returns the earlier time; the zero time is none.
func earliest(a, b time.Time) time.Time {
	if a.IsZero() || b.Before(a) {
		return b
	}
	return a
}

// extend begins to read the partitions that were found.
func (d *loop) extend(f *found) error {
	if f.err != nil {
		if d.reader == nil {
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
	d.mu.Lock()
	maps.Copy(d.partitions, f.discovery.partitions)
	d.mu.Unlock()
	if len(f.discovery.found) == 0 {
		return nil
	}
	assignment := map[string]map[int32]kgo.Offset{}
	d.mu.Lock()
	for _, p := range f.discovery.found {
		d.parts[p.TopicPartition] = p
		if assignment[p.Topic] == nil {
			assignment[p.Topic] = map[int32]kgo.Offset{}
		}
		assignment[p.Topic][p.Partition] = kgo.NewOffset().At(p.position)
	}
	d.mu.Unlock()
	d.reporter.partitionsFound()
	return d.assign(assignment)
}

// assign makes the reading client read partitions from offsets on.
func (d *loop) assign(assignment map[string]map[int32]kgo.Offset) (err error) {
	if d.reader != nil {
		d.reader.AddConsumePartitions(assignment)
		return nil
	}
	d.reader, err = kgo.NewClient(append(d.readerOptions(d.decompressor),
		kgo.ConsumePartitions(assignment),
	)...)
	if err != nil {
		return fmt.Errorf("client that reads Kafka: %w", err)
	}
	return nil
}

// readerOptions are those of clients that read records.
func (d *loop) readerOptions(u *decompress.Decompressor) []kgo.Opt {
	return append(d.clientOptions(),
		kgo.WithDecompressor(u),
		kgo.WithPools(u),
		kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()),
		kgo.FetchIsolationLevel(kgo.ReadCommitted()), // aborted records are no votes
		kgo.KeepControlRecords(),                     // they move the position on
		kgo.FetchMaxBytes(fetchMaxBytes),
		kgo.FetchMaxPartitionBytes(fetchMaxPartitionBytes),
		kgo.FetchMaxWait(fetchMaxWait),
	)
}

// caughtUp reports whether all that was there at the start has been read; with
// decided, all of it that could be read then. The rest waits for transactions,
// which mostly end soon, and sometimes never.
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

// poll waits for records until a time, or until it is woken, and takes them.
func (d *loop) poll(ctx context.Context, until time.Time) (records bool) {
	pollCtx, cancel := context.WithDeadline(ctx, until)
	defer cancel()
	if d.reader == nil {
		select {
		case <-d.interrupt:
		case <-pollCtx.Done():
		}
		return false
	}
	polled, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		select {
		case <-d.interrupt:
			cancel()
		case <-polled:
		}
	}()
	fetches := d.reader.PollRecords(pollCtx, pollRecords)
	close(polled)
	<-ended // or it could take the token of something that happens later

	now, full := time.Now(), false
	fetches.EachPartition(func(f kgo.FetchTopicPartition) {
		defer recycle(f.Records)
		p := d.parts[kafka.TopicPartition{Topic: f.Topic, Partition: f.Partition}]
		if p == nil || p.stopped {
			return
		}
		if errors.Is(f.Err, decompress.ErrFull) {
			records, full = true, true // that come once others are taken
			return
		}
		if f.Err != nil {
			d.fetchFailed(p, f.Err)
			return
		}
		records = records || len(f.Records) > 0
		d.takeAll(ctx, p, &f.FetchPartition, now)
	})
	if full && d.reader.BufferedFetchRecords() == 0 {
		d.decompressor.Forget(now.Add(-quiet))
	}
	return records
}

// recycle gives back the memory of records that were taken, or left.
func recycle(records []*kgo.Record) {
	for _, r := range records {
		r.Recycle()
	}
}

// takeAll takes the records of one partition of a fetch.
func (d *loop) takeAll(ctx context.Context, p *partition, f *kgo.FetchPartition, now time.Time) {
	if p.err() != nil {
		d.stop(p)
		return
	}
	d.heard(p, f)
	if from := max(p.position, p.gone); f.LogStartOffset > from && d.request.Replay == nil {
		d.mu.Lock()
		p.deleted, p.gone = p.deleted+f.LogStartOffset-from, f.LogStartOffset
		d.mu.Unlock()
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

// heard notes how far a fetch says that the log reaches.
func (d *loop) heard(p *partition, f *kgo.FetchPartition) {
	d.mu.Lock()
	defer d.mu.Unlock()
	p.log.first = max(p.log.first, f.LogStartOffset)
	p.log.stable = max(p.log.stable, f.LastStableOffset)
	p.log.end = max(p.log.end, f.HighWatermark)
}

// continues reports whether the log that a new leader has still holds what was
// read from the one before.
func (d *loop) continues(ctx context.Context, p *partition) bool {
	ends, err := d.epochEnds(ctx, p.Topic, map[int32]int32{p.Partition: p.epoch})
	if ctx.Err() != nil {
		return false
	}
	if err != nil {
		d.stop(p)
		d.summary.fail("%s: whether its new leader has what was read below offset %d can't be told: %v", p.TopicPartition, p.position, err)
		return false
	}
	d.mu.Lock()
	log := p.log
	d.mu.Unlock()
	if from, lost := ends[p.Partition].lostBelow(p.position, log); lost {
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
	d.mu.Lock()
	p.back = true
	d.mu.Unlock()
	d.send(p)
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
		d.summary.fail("%s", d.topicFails(p.Topic, err))
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
	d.drop(p)
	d.reader.PauseFetchPartitions(map[string][]int32{p.Topic: {p.Partition}})
}
