package delivery

import (
	"slices"
	"time"

	"cloud.google.com/go/pubsub/v2/apiv1/pubsubpb"
)

// Backlog is what a subscription has not had acknowledged: what Cloud Monitoring
// calls num_undelivered_messages and oldest_unacked_message_age.
type Backlog struct {
	Messages int
	Bytes    int64
	Oldest   time.Time // when the oldest was published; zero without messages
}

// Backlog returns the queue's.
func (q *Queue) Backlog() Backlog {
	q.mu.Lock()
	defer q.unlock()
	var b Backlog
	for _, d := range q.live {
		b.Messages++
		b.Bytes += int64(d.size)
		if at := d.msg.GetPublishTime().AsTime(); b.Oldest.IsZero() || at.Before(b.Oldest) {
			b.Oldest = at
		}
	}
	return b
}

// Messages returns all unacknowledged messages in order of arrival.
func (q *Queue) Messages() []*pubsubpb.PubsubMessage {
	q.mu.Lock()
	defer q.unlock()
	var out []*pubsubpb.PubsubMessage
	for _, d := range q.inOrder() {
		out = append(out, d.msg)
	}
	return out
}

func (q *Queue) inOrder() []*delivery {
	out := make([]*delivery, 0, len(q.live))
	for _, d := range q.live {
		out = append(out, d)
	}
	slices.SortFunc(out, func(a, b *delivery) int { return int(int64(a.seq - b.seq)) })
	return out
}

// Replaying prepares a new queue for Forget; false ends that.
func (q *Queue) Replaying(yes bool) {
	q.mu.Lock()
	defer q.unlock()
	q.byMessage = nil
	if yes {
		q.byMessage = map[string]*delivery{}
	}
}

// Forget ends messages by their own ids, while a journal is replayed.
func (q *Queue) Forget(ids []string) {
	q.mu.Lock()
	defer q.unlock()
	for _, id := range ids {
		if d, ok := q.byMessage[id]; ok {
			delete(q.byMessage, id)
			q.end(d)
		}
	}
}
