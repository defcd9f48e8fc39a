package pubsub

import (
	"fmt"
	"time"
)

// Backlog is what a subscription has not had acknowledged: what Cloud Monitoring
// calls num_undelivered_messages and oldest_unacked_message_age.
type Backlog struct {
	Messages int
	Bytes    int64
	Oldest   time.Time // when the oldest was published; zero without messages
}

// Backlog returns that of a subscription, projects/P/subscriptions/S.
func (s *Server) Backlog(subscription string) (Backlog, error) {
	_, q := s.broker.subscription(subscription)
	if q == nil {
		return Backlog{}, fmt.Errorf("backlog of %s: there is no such subscription", subscription)
	}
	return q.backlog(), nil
}

func (q *queue) backlog() Backlog {
	q.mu.Lock()
	defer q.unlock()
	var b Backlog
	for _, d := range q.live {
		if d.state == done {
			continue
		}
		b.Messages++
		b.Bytes += int64(d.size)
		if at := d.msg.GetPublishTime().AsTime(); b.Oldest.IsZero() || at.Before(b.Oldest) {
			b.Oldest = at
		}
	}
	return b
}
