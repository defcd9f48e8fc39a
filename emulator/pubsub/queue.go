package pubsub

import (
	"container/heap"
	"context"
	"strconv"
	"sync"
	"time"

	"cloud.google.com/go/pubsub/v2/apiv1/pubsubpb"
)

// queue holds the unacknowledged messages of one subscription. It forgets a
// message as soon as it is acknowledged. A message is delivered in order of
// arrival, or once its back-off has passed; a failing message doesn't hold up
// the others, except those of its ordering key.
type queue struct {
	mu     sync.Mutex
	config queueConfig
	closed bool

	live   map[uint64]*delivery // all that aren't done
	ready  fifo[*delivery]      // may contain done ones
	timers timers               // leases and back-offs that end by time
	timer  *time.Timer          // fires when the first of timers is due
	byAck  map[string]*delivery
	keys   map[string]*fifo[*delivery] // per ordering key in flight: what waits behind it
	seq    uint64                      // of the latest delivery
	ack    uint64                      // of the latest lease

	changed chan struct{} // closed when a waiting consumer should look again
	waiting bool          // somebody waits on changed
	dead    []*delivery   // to forward once the mutex is released
	ended   []string      // message ids to report to config.done then

	byMessage map[string]*delivery // while a journal is replayed
}

// queueConfig is the part of a subscription that its queue acts on.
type queueConfig struct {
	ackDeadline time.Duration
	retention   time.Duration // 0 keeps messages for ever
	backoff     backoff
	ordered     bool
	maxAttempts int // 0 is unlimited
	accepts     func(attributes map[string]string) bool

	// deadLetter publishes a message that used up its attempts; false
	// keeps it. It is called without the queue's mutex.
	deadLetter func(m *pubsubpb.PubsubMessage, attempts int) bool

	// done hears of messages that won't be delivered again; nil for nobody.
	// It is called without the queue's mutex.
	done func(ids []string)
}

func newQueue(c queueConfig) *queue {
	q := &queue{
		config:  c,
		live:    map[uint64]*delivery{},
		byAck:   map[string]*delivery{},
		keys:    map[string]*fifo[*delivery]{},
		changed: make(chan struct{}),
	}
	q.timer = time.AfterFunc(time.Hour, q.tick)
	q.timer.Stop()
	return q
}

// configure replaces the configuration; leases that run keep their end.
func (q *queue) configure(c queueConfig) {
	q.mu.Lock()
	defer q.unlock()
	q.config = c
}

// close drops all messages and wakes all consumers, for good.
func (q *queue) close() {
	q.mu.Lock()
	defer q.unlock()
	q.closed = true
	q.timer.Stop()
	q.reset()
	q.wake()
}

// reset forgets all messages.
func (q *queue) reset() {
	for _, d := range q.live {
		q.end(d)
	}
	q.ready = fifo[*delivery]{}
}

// add enqueues messages that the filter accepts.
func (q *queue) add(messages ...*pubsubpb.PubsubMessage) {
	q.mu.Lock()
	defer q.unlock()
	if q.closed {
		return
	}
	for _, m := range messages {
		if q.config.accepts == nil || q.config.accepts(m.Attributes) {
			q.seq++
			q.enqueue(newDelivery(m, q.seq))
		}
	}
}

// enqueue makes a new delivery ready, or holds it behind its ordering key.
func (q *queue) enqueue(d *delivery) {
	q.live[d.seq] = d
	if q.byMessage != nil {
		q.byMessage[d.msg.MessageId] = d
	}
	if key := d.msg.OrderingKey; q.config.ordered && key != "" {
		if behind, ok := q.keys[key]; ok {
			d.state = held
			behind.push(d)
			return
		}
		q.keys[key] = &fifo[*delivery]{}
	}
	q.makeReady(d)
}

func (q *queue) makeReady(d *delivery) {
	d.state = ready
	q.ready.push(d)
	q.wake()
}

// take waits until at least one message is ready and h has room for it, and
// leases up to limit messages and bytes in all to h. A lease of 0 never ends.
// It returns nothing when the queue is closed.
func (q *queue) take(ctx context.Context, h *holder, limit, bytes int, d time.Duration) ([]lease, error) {
	for {
		got, changed := q.tryTake(h, limit, bytes, d)
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

// tryTake leases what is ready now; if there is nothing it returns a channel
// that is closed when it is worth trying again, nil for never.
func (q *queue) tryTake(h *holder, limit, bytes int, d time.Duration) ([]lease, <-chan struct{}) {
	q.mu.Lock()
	defer q.unlock()
	if q.closed {
		return nil, nil
	}
	now := time.Now()
	var got []lease
	for total := 0; q.ready.len() > 0 && len(got) < limit; {
		next := q.ready.items[q.ready.head]
		switch {
		case next.state != ready: // acknowledged after its lease had ended
			q.ready.pop()
			continue
		case q.config.retention > 0 && now.Sub(next.msg.PublishTime.AsTime()) > q.config.retention:
			q.ready.pop()
			q.remove(next)
			continue
		}
		if total += next.size; len(got) > 0 && total > bytes || !h.room(next.size) {
			break
		}
		q.ready.pop()
		got = append(got, q.lease(next, h, now, d))
	}
	if len(got) == 0 {
		q.waiting = true
		return nil, q.changed
	}
	return got, nil
}

// lease hands a ready delivery to h until now+d, or without end if d is 0.
func (q *queue) lease(d *delivery, h *holder, now time.Time, length time.Duration) lease {
	delete(q.byAck, d.ackID)
	q.ack++
	d.ackID = strconv.FormatUint(q.ack, 36) + "-" + d.msg.MessageId
	q.byAck[d.ackID] = d
	d.attempts++
	d.state = leased
	d.holder = h
	h.messages++
	h.bytes += d.size
	q.schedule(d, now, length)
	return lease{ackID: d.ackID, msg: d.msg, attempt: d.attempts}
}

// schedule sets when the queue acts on d next; a length of 0 is never.
func (q *queue) schedule(d *delivery, now time.Time, length time.Duration) {
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

// tick runs when the first timer is due.
func (q *queue) tick() {
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

// unlease takes d from its consumer.
func (q *queue) unlease(d *delivery) {
	if d.holder != nil {
		d.holder.messages--
		d.holder.bytes -= d.size
		d.holder = nil
		q.wake()
	}
	if d.index >= 0 {
		heap.Remove(&q.timers, d.index)
	}
}

// fail ends an attempt without an acknowledgement: the message is tried again,
// after the back-off, or dead-lettered. A late acknowledgement is still good
// until the next attempt.
func (q *queue) fail(d *delivery, now time.Time) {
	q.unlease(d)
	if n := q.config.maxAttempts; n > 0 && d.attempts >= n && q.config.deadLetter != nil {
		d.state = forwarding
		q.dead = append(q.dead, d)
		return
	}
	q.retry(d, now)
}

func (q *queue) retry(d *delivery, now time.Time) {
	wait := q.config.backoff.after(d.attempts)
	if wait <= 0 {
		q.makeReady(d)
		return
	}
	d.state = delayed
	q.schedule(d, now, wait)
}

// remove ends d and lets the next message of its ordering key go.
func (q *queue) remove(d *delivery) {
	first := d.state != held
	q.end(d)
	if q.config.done != nil {
		q.ended = append(q.ended, d.msg.MessageId)
	}
	key := d.msg.OrderingKey
	behind, ok := q.keys[key]
	if !ok || !first {
		return
	}
	for behind.len() > 0 {
		if next := behind.pop(); next.state == held {
			q.makeReady(next)
			return
		}
	}
	delete(q.keys, key)
}

// end forgets d.
func (q *queue) end(d *delivery) {
	q.unlease(d)
	d.state = done
	delete(q.byAck, d.ackID)
	delete(q.live, d.seq)
	if len(q.live) == 0 {
		clear(q.keys)
	}
}

// wake makes waiting consumers look again.
func (q *queue) wake() {
	if q.waiting {
		close(q.changed)
		q.changed = make(chan struct{})
		q.waiting = false
	}
}

// unlock releases the mutex, then reports what ended under it and forwards
// what became a dead letter.
func (q *queue) unlock() {
	dead, ended, config := q.dead, q.ended, q.config
	q.dead, q.ended = nil, nil
	q.mu.Unlock()
	if len(ended) > 0 && config.done != nil {
		config.done(ended)
	}
	for _, d := range dead {
		q.settle(d, config.deadLetter(d.msg, d.attempts))
	}
}

// settle ends a dead letter that was forwarded, and tries others again.
func (q *queue) settle(d *delivery, forwarded bool) {
	q.mu.Lock()
	defer q.unlock()
	switch {
	case d.state != forwarding: // acknowledged or dropped meanwhile
	case forwarded:
		q.remove(d)
	default:
		q.retry(d, time.Now())
	}
}

// forget ends messages by their own ids, while a journal is replayed.
func (q *queue) forget(ids []string) {
	q.mu.Lock()
	defer q.unlock()
	for _, id := range ids {
		if d, ok := q.byMessage[id]; ok {
			delete(q.byMessage, id)
			q.remove(d)
		}
	}
}

// replaying prepares a new queue for forget, until the replay has ended.
func (q *queue) replaying(yes bool) {
	q.mu.Lock()
	defer q.unlock()
	q.byMessage = nil
	if yes {
		q.byMessage = map[string]*delivery{}
	}
}
