package delivery

import (
	"cmp"
	"slices"
	"strconv"
	"time"

	"cloud.google.com/go/pubsub/v2/apiv1/pubsubpb"
)

// retained are messages that a subscription acknowledged and keeps, by their ids.
type retained struct {
	messages map[string]*pubsubpb.PubsubMessage
	swept    int // how many were left when expired ones were dropped last
}

// retain keeps a message that has been acknowledged, if the subscription does so.
func (q *Queue) retain(m *pubsubpb.PubsubMessage) {
	if !q.config.Retain || q.closed {
		return
	}
	r := &q.retained
	if r.messages == nil {
		r.messages = map[string]*pubsubpb.PubsubMessage{}
	}
	r.messages[m.MessageId] = m
	if len(r.messages) > 2*r.swept+1024 {
		now := time.Now()
		for id, old := range r.messages {
			if q.expired(old, now) {
				delete(r.messages, id)
			}
		}
		r.swept = len(r.messages)
	}
}

// expired says that a message is older than the subscription keeps any.
func (q *Queue) expired(m *pubsubpb.PubsubMessage, now time.Time) bool {
	return q.config.Retention > 0 && now.Sub(m.PublishTime.AsTime()) > q.config.Retention
}

// Retained returns the acknowledged messages that the queue keeps, in the order in which
// they were published.
func (q *Queue) Retained() []*pubsubpb.PubsubMessage {
	q.mu.Lock()
	defer q.unlock()
	var list []*pubsubpb.PubsubMessage
	for _, m := range q.retained.messages {
		list = append(list, m)
	}
	slices.SortFunc(list, byPublication)
	return list
}

// Retain keeps messages as if they had been acknowledged, while a journal is replayed.
func (q *Queue) Retain(messages ...*pubsubpb.PubsubMessage) {
	q.mu.Lock()
	defer q.unlock()
	for _, m := range messages {
		q.retain(m)
	}
}

// Seek acknowledges the messages that aren't wanted, and delivers again those that are: of
// its own, acknowledged ones included, and of more. If some come back, note is called with
// all that are unacknowledged then, before anything changes; its error ends the seek. All
// of them are delivered anew then, in the order in which they were published.
func (q *Queue) Seek(wanted func(*pubsubpb.PubsubMessage) bool, more []*pubsubpb.PubsubMessage, note func([]*pubsubpb.PubsubMessage) error) error {
	q.mu.Lock()
	defer q.unlock()
	if q.closed {
		return nil
	}
	var unacknowledged []*pubsubpb.PubsubMessage
	known := map[string]bool{}
	live := q.inOrder()
	for _, d := range live {
		known[d.msg.MessageId] = true
		if wanted(d.msg) {
			unacknowledged = append(unacknowledged, d.msg)
		}
	}
	before, now := len(unacknowledged), time.Now()
	back := func(m *pubsubpb.PubsubMessage) {
		if !known[m.MessageId] && !q.expired(m, now) && wanted(m) {
			known[m.MessageId] = true
			unacknowledged = append(unacknowledged, m)
		}
	}
	for _, m := range q.retained.messages {
		back(m)
	}
	for _, m := range more {
		if q.accepts(m) {
			back(m)
		}
	}
	if len(unacknowledged) == before {
		for _, d := range live {
			if !wanted(d.msg) {
				q.end(d)
			}
		}
		return nil
	}
	slices.SortFunc(unacknowledged, byPublication)
	if err := note(unacknowledged); err != nil {
		return err
	}
	q.reset(unacknowledged)
	return nil
}

// Reset makes these the unacknowledged messages, while a journal is replayed.
func (q *Queue) Reset(messages []*pubsubpb.PubsubMessage) {
	q.mu.Lock()
	defer q.unlock()
	if !q.closed {
		q.reset(messages)
	}
}

func (q *Queue) reset(messages []*pubsubpb.PubsubMessage) {
	for _, d := range q.inOrder() {
		q.forget(d)
		q.retain(d.msg)
	}
	q.ready = fifo[*delivery]{}
	if q.byMessage != nil {
		clear(q.byMessage)
	}
	for _, m := range messages {
		q.seq++
		q.enqueue(newDelivery(m, q.seq))
	}
}

// byPublication orders messages as they were published: by their times, and by their ids
// where those are equal.
func byPublication(a, b *pubsubpb.PubsubMessage) int {
	return cmp.Or(a.PublishTime.AsTime().Compare(b.PublishTime.AsTime()), cmp.Compare(number(a.MessageId), number(b.MessageId)))
}

func number(id string) int64 {
	n, _ := strconv.ParseInt(id, 10, 64) // the broker's own ids are numbers
	return n
}
