package delivery

import "time"

// Acknowledge ends the deliveries of these ids. It returns the ids that it doesn't
// know: those acknowledged before, and those whose message was delivered again since.
func (q *Queue) Acknowledge(ids ...string) (unknown []string) {
	q.mu.Lock()
	defer q.unlock()
	q.used = time.Now()
	for _, id := range ids {
		if d, ok := q.byAck[id]; ok {
			q.end(d)
		} else {
			unknown = append(unknown, id)
		}
	}
	return unknown
}

// fail ends an attempt without an acknowledgement: the message is tried again, or
// becomes a dead letter. Its id can still be acknowledged until the next attempt.
func (q *Queue) fail(d *delivery, now time.Time) {
	q.unlease(d)
	if n := q.config.MaxAttempts; n > 0 && d.attempts >= n && q.config.DeadLetter != nil {
		d.state = forwarding
		q.dead = append(q.dead, d)
		return
	}
	q.retry(d, now)
}

// retry makes d ready after its back-off.
func (q *Queue) retry(d *delivery, now time.Time) {
	wait := q.config.Backoff.after(d.attempts)
	if wait <= 0 {
		q.makeReady(d)
		return
	}
	d.state = delayed
	q.schedule(d, now, wait)
}

// settle ends a dead letter that was published, and retries another one.
func (q *Queue) settle(d *delivery, published bool) {
	q.mu.Lock()
	defer q.unlock()
	switch {
	case d.state != forwarding: // acknowledged or dropped meanwhile
	case published:
		q.end(d)
	default:
		q.retry(d, time.Now())
	}
}

// end ends d for good and makes the next message of its ordering key ready.
func (q *Queue) end(d *delivery) {
	first := d.state != held
	q.forget(d)
	q.retain(d.msg)
	if q.config.Done != nil {
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

// forget removes d from the queue.
func (q *Queue) forget(d *delivery) {
	q.unlease(d)
	d.state = done
	delete(q.byAck, d.ackID)
	delete(q.live, d.seq)
	if len(q.live) == 0 {
		clear(q.keys)
	}
}
