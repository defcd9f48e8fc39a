package delivery

import (
	"container/heap"
	"context"
	"strconv"
	"time"

	"cloud.google.com/go/pubsub/v2/apiv1/pubsubpb"
)

// Lease is a message that a consumer holds until it acknowledges or refuses it, or
// until the lease ends.
type Lease struct {
	AckID   string
	Message *pubsubpb.PubsubMessage
	Attempt int // 1 for the first delivery
}

// Consumer bounds what one consumer may hold at a time. It belongs to one queue.
type Consumer struct {
	MaxMessages, MaxBytes int // 0 is unlimited
	messages, bytes       int // held now
	left                  bool
}

// room reports whether a message of this size may be leased. The first one always may:
// a message larger than MaxBytes could never be delivered otherwise.
func (c *Consumer) room(size int) bool {
	if c.messages == 0 {
		return true
	}
	return (c.MaxMessages <= 0 || c.messages < c.MaxMessages) && (c.MaxBytes <= 0 || c.bytes+size <= c.MaxBytes)
}

// Take waits until a message is ready and c has room for it, and leases up to limit
// messages of up to bytes in all to c. A lease of length 0 never ends. It returns
// nothing when the queue is closed, and ctx's error when ctx is done.
func (q *Queue) Take(ctx context.Context, c *Consumer, limit, bytes int, length time.Duration) ([]Lease, error) {
	q.wait(1)
	defer q.wait(-1)
	for {
		got, changed := q.TryTake(c, limit, bytes, length)
		if len(got) > 0 || changed == nil {
			return got, nil
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-changed:
		}
	}
}

// wait counts a consumer that begins to wait, or ends.
func (q *Queue) wait(n int) {
	q.mu.Lock()
	defer q.unlock()
	q.waiters += n
	q.used = time.Now()
}

// Idle is how long no consumer has asked for anything.
func (q *Queue) Idle() time.Duration {
	q.mu.Lock()
	defer q.unlock()
	if q.waiters > 0 {
		return 0
	}
	return time.Since(q.used)
}

// Leave has a consumer get nothing more. What it has leased stays leased.
func (q *Queue) Leave(c *Consumer) {
	q.mu.Lock()
	defer q.unlock()
	c.left = true
}

// TryTake leases what is ready now. If that is nothing, it returns a channel that is
// closed when it is worth trying again; nil is never.
func (q *Queue) TryTake(c *Consumer, limit, bytes int, length time.Duration) ([]Lease, <-chan struct{}) {
	for {
		got, changed := q.take(c, limit, bytes, length)
		if len(got) == 0 {
			return nil, changed
		}
		if got = q.transform(got); len(got) > 0 {
			return got, nil
		}
	}
}

// take is TryTake of messages as they were published.
func (q *Queue) take(c *Consumer, limit, bytes int, length time.Duration) ([]Lease, <-chan struct{}) {
	q.mu.Lock()
	defer q.unlock()
	if q.closed || c.left {
		return nil, nil
	}
	now := time.Now()
	q.used = now
	var got []Lease
	for total := 0; q.ready.len() > 0 && len(got) < limit; {
		next := q.ready.first()
		switch {
		case next.state != ready: // acknowledged after its lease had ended
			q.ready.pop()
			continue
		case q.expired(next.msg, now):
			q.ready.pop()
			q.end(next)
			continue
		}
		if total += next.size; len(got) > 0 && total > bytes || !c.room(next.size) {
			break
		}
		q.ready.pop()
		got = append(got, q.lease(next, c, now, length))
	}
	if len(got) == 0 {
		q.waiting = true
		return nil, q.changed
	}
	return got, nil
}

// lease gives a ready delivery to c.
func (q *Queue) lease(d *delivery, c *Consumer, now time.Time, length time.Duration) Lease {
	delete(q.byAck, d.ackID)
	q.ack++
	d.ackID = strconv.FormatUint(q.ack, 36) + "-" + d.msg.MessageId
	q.byAck[d.ackID] = d
	d.attempts++
	d.state = leased
	d.consumer = c
	c.messages++
	c.bytes += d.size
	q.schedule(d, now, length)
	return Lease{AckID: d.ackID, Message: d.msg, Attempt: d.attempts}
}

// unlease takes d from its consumer.
func (q *Queue) unlease(d *delivery) {
	if d.consumer != nil {
		d.consumer.messages--
		d.consumer.bytes -= d.size
		d.consumer = nil
		q.wake()
	}
	if d.index >= 0 {
		heap.Remove(&q.timers, d.index)
	}
}

// Limit changes how many messages c may hold.
func (q *Queue) Limit(c *Consumer, messages int) {
	q.mu.Lock()
	defer q.unlock()
	if messages > c.MaxMessages {
		q.wake()
	}
	c.MaxMessages = messages
}

// schedule sets when the queue acts on d next; a length of 0 is never.
func (q *Queue) schedule(d *delivery, now time.Time, length time.Duration) {
	if d.index >= 0 {
		heap.Remove(&q.timers, d.index)
	}
	if length > 0 {
		d.due = now.Add(length)
		heap.Push(&q.timers, d)
		if d.index == 0 {
			q.timer.Reset(length)
		}
	}
}

// tick ends the leases and back-offs that are due.
func (q *Queue) tick() {
	q.mu.Lock()
	defer q.unlock()
	now := time.Now()
	for len(q.timers) > 0 && !q.timers[0].due.After(now) {
		d := heap.Pop(&q.timers).(*delivery)
		if d.state == leased {
			q.fail(d, now)
		} else {
			q.makeReady(d)
		}
	}
	if len(q.timers) > 0 && !q.closed {
		q.timer.Reset(q.timers[0].due.Sub(now))
	}
}

// Modify makes the leases of these ids end after length from now. A length of 0 refuses
// the messages: the attempt has failed. It returns the ids whose lease has ended.
func (q *Queue) Modify(length time.Duration, ids ...string) (unknown []string) {
	q.mu.Lock()
	defer q.unlock()
	now := time.Now()
	q.used = now
	for _, id := range ids {
		d, ok := q.byAck[id]
		switch {
		case !ok || d.state != leased:
			unknown = append(unknown, id)
		case length > 0:
			q.schedule(d, now, length)
		default:
			delete(q.byAck, id)
			q.fail(d, now)
		}
	}
	return unknown
}

// Release gives a leased message back as if it had never been leased.
func (q *Queue) Release(id string) {
	q.mu.Lock()
	defer q.unlock()
	if d, ok := q.byAck[id]; ok && d.state == leased {
		delete(q.byAck, id)
		q.unlease(d)
		d.attempts--
		q.makeReady(d)
	}
}
