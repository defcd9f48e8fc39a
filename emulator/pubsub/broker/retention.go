package broker

import (
	"slices"
	"time"

	"cloud.google.com/go/pubsub/v2/apiv1/pubsubpb"
)

// wanted says that a message of the topic is for somebody.
func (t *topic) wanted() bool {
	return len(t.subscriptions) > 0 || len(t.snapshots) > 0 || t.retention() > 0
}

// retention is how long the topic keeps every message; 0 doesn't.
func (t *topic) retention() time.Duration {
	return t.resource.GetMessageRetentionDuration().AsDuration()
}

// deliver hands messages to subscriptions and snapshots, and keeps them if the topic does.
func (t *topic) deliver(messages []*pubsubpb.PubsubMessage) {
	t.retain(messages)
	for _, s := range t.subscriptions {
		s.queue.Add(messages...)
	}
}

// retain keeps messages for snapshots, and for the topic's own retention.
func (t *topic) retain(messages []*pubsubpb.PubsubMessage) {
	if len(t.snapshots) == 0 && t.retention() == 0 {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	now := time.Now()
	for _, s := range t.snapshots {
		if !s.expired(now) {
			s.messages = append(s.messages, messages...)
		}
	}
	if t.retention() > 0 {
		t.log = append(t.log, messages...)
		t.forget(now)
	}
}

// forget drops messages that the topic needn't keep any more.
func (t *topic) forget(now time.Time) {
	oldest := now.Add(-t.retention())
	n := slices.IndexFunc(t.log, func(m *pubsubpb.PubsubMessage) bool { return !m.PublishTime.AsTime().Before(oldest) })
	switch {
	case n < 0:
		t.log = nil
	case n > 0 && n > len(t.log)/2: // not at every message
		t.log = slices.Clone(t.log[n:])
	}
}

// retained returns the messages that the topic keeps.
func (t *topic) retained() []*pubsubpb.PubsubMessage {
	t.mu.Lock()
	defer t.mu.Unlock()
	oldest := time.Now().Add(-t.retention())
	var list []*pubsubpb.PubsubMessage
	for _, m := range t.log {
		if !m.PublishTime.AsTime().Before(oldest) {
			list = append(list, m)
		}
	}
	return list
}
