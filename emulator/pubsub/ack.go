package pubsub

import (
	"slices"
	"time"

	"cloud.google.com/go/pubsub/v2/apiv1/pubsubpb"
)

// acknowledge ends the deliveries of these ids and returns the ids it doesn't
// know: acknowledged before, or delivered again since.
func (q *queue) acknowledge(ids ...string) (unknown []string) {
	q.mu.Lock()
	defer q.unlock()
	for _, id := range ids {
		if d, ok := q.byAck[id]; ok {
			q.remove(d)
		} else {
			unknown = append(unknown, id)
		}
	}
	return unknown
}

// modify sets the leases of these ids to end after d from now. A d of 0
// refuses the messages: they will be delivered again. It returns the ids whose
// lease has ended.
func (q *queue) modify(d time.Duration, ids ...string) (unknown []string) {
	q.mu.Lock()
	defer q.unlock()
	now := time.Now()
	for _, id := range ids {
		x, ok := q.byAck[id]
		switch {
		case !ok || x.state != leased:
			unknown = append(unknown, id)
		case d > 0:
			q.schedule(x, now, d)
		default:
			delete(q.byAck, id)
			q.fail(x, now)
		}
	}
	return unknown
}

// release gives a leased message back as if it had never been taken.
func (q *queue) release(id string) {
	q.mu.Lock()
	defer q.unlock()
	if d, ok := q.byAck[id]; ok && d.state == leased {
		delete(q.byAck, id)
		q.unlease(d)
		d.attempts--
		q.makeReady(d)
	}
}

// limit changes how much h may hold.
func (q *queue) limit(h *holder, messages int) {
	q.mu.Lock()
	defer q.unlock()
	if messages > h.maxMessages {
		q.wake()
	}
	h.maxMessages = messages
}

// purge drops the messages published before t.
func (q *queue) purge(t time.Time) {
	q.mu.Lock()
	defer q.unlock()
	for _, d := range q.inOrder() {
		if d.msg.PublishTime.AsTime().Before(t) {
			q.remove(d)
		}
	}
}

// messages returns all unacknowledged messages in order of arrival.
func (q *queue) messages() []*pubsubpb.PubsubMessage {
	q.mu.Lock()
	defer q.unlock()
	var out []*pubsubpb.PubsubMessage
	for _, d := range q.inOrder() {
		out = append(out, d.msg)
	}
	return out
}

func (q *queue) inOrder() []*delivery {
	out := make([]*delivery, 0, len(q.live))
	for _, d := range q.live {
		out = append(out, d)
	}
	slices.SortFunc(out, func(a, b *delivery) int { return int(int64(a.seq - b.seq)) })
	return out
}
