package broker

import (
	"cloud.google.com/go/pubsub/v2/apiv1/pubsubpb"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	"github.com/tallystream/tallystream/emulator/pubsub/delivery"
	"github.com/tallystream/tallystream/emulator/pubsub/filter"
	"github.com/tallystream/tallystream/emulator/pubsub/journal"
	"github.com/tallystream/tallystream/emulator/pubsub/push"
	"github.com/tallystream/tallystream/emulator/pubsub/transform"
)

// The changes of the broker's state, as calls and the replay of a journal make them. The
// broker's mutex is held, and what is put has been checked.

// deletedTopic is what Pub/Sub reports as the topic of a subscription whose
// topic was deleted.
const deletedTopic = "_deleted-topic_"

// note writes a change to the journal before it is made.
func (b *Broker) note(kind journal.Kind, m proto.Message) error {
	if err := b.journal.Append(kind, m); err != nil {
		b.log.Error("journal can't be written", "error", err)
		return status.Error(codes.Internal, err.Error())
	}
	return nil
}

// putTopic creates or changes a topic.
func (b *Broker) putTopic(r *pubsubpb.Topic) {
	transforms, _ := transform.New(r.MessageTransforms) // checked
	t, ok := b.topics[r.Name]
	if !ok {
		b.topics[r.Name] = &topic{
			resource: r, transforms: transforms,
			subscriptions: map[string]*subscription{}, snapshots: map[string]*snapshot{},
		}
		return
	}
	t.mu.Lock()
	t.resource, t.transforms = r, transforms
	if t.retention() == 0 {
		t.log = nil
	}
	t.mu.Unlock()
	for _, s := range t.subscriptions {
		s.resource = proto.Clone(s.resource).(*pubsubpb.Subscription)
		s.resource.TopicMessageRetentionDuration = r.MessageRetentionDuration
		s.queue.Configure(b.queueConfig(s))
	}
}

// dropTopic deletes a topic, if there is one. Its subscriptions stay, with what they still
// hold.
func (b *Broker) dropTopic(name string) {
	t, ok := b.topics[name]
	if !ok {
		return
	}
	for _, s := range t.subscriptions {
		s.topic = nil
		s.resource = proto.Clone(s.resource).(*pubsubpb.Subscription)
		s.resource.Topic = deletedTopic
		s.resource.TopicMessageRetentionDuration = nil
		s.queue.Configure(b.queueConfig(s))
	}
	for _, s := range t.snapshots {
		s.topic = nil
		s.resource = proto.Clone(s.resource).(*pubsubpb.Snapshot)
		s.resource.Topic = deletedTopic
	}
	delete(b.topics, name)
}

// putSubscription creates or changes a subscription. Outstanding pushes to a former
// endpoint go on.
func (b *Broker) putSubscription(r *pubsubpb.Subscription) error {
	f, err := filter.Parse(r.Filter)
	if err != nil {
		return err
	}
	transforms, err := transform.New(r.MessageTransforms)
	if err != nil {
		return err
	}
	s, ok := b.subscriptions[r.Name]
	if !ok {
		s = &subscription{resource: r, filter: f, transforms: transforms, topic: b.topics[r.Topic]}
		s.queue = delivery.New(b.queueConfig(s))
		b.subscriptions[r.Name] = s
		s.queue.Replaying(!b.serving)
		if s.topic != nil {
			s.topic.subscriptions[r.Name] = s
		}
	}
	s.resource, s.filter, s.transforms = r, f, transforms
	s.stopPusher()
	if r.Detached {
		s.detach()
		return nil
	}
	s.queue.Configure(b.queueConfig(s))
	b.startPusher(s)
	return nil
}

// startPusher starts delivering to the push endpoint, if there is one.
func (b *Broker) startPusher(s *subscription) {
	if b.serving && !s.resource.Detached && s.resource.GetPushConfig().GetPushEndpoint() != "" {
		s.pusher = b.sender.Start(s.resource, s.queue)
	}
}

// stopPusher starts no more pushes.
func (s *subscription) stopPusher() {
	if s.pusher != nil {
		s.pusher.Stop()
		s.pusher = nil
	}
}

// dropSubscription deletes a subscription, if there is one.
func (b *Broker) dropSubscription(name string) {
	if s, ok := b.subscriptions[name]; ok {
		s.detach()
		delete(b.subscriptions, name)
	}
}

// detach ends a subscription's deliveries and drops its messages.
func (s *subscription) detach() {
	if s.topic != nil {
		delete(s.topic.subscriptions, s.resource.Name)
		s.topic = nil
	}
	s.stopPusher()
	s.queue.Close()
}

// queueConfig returns what a subscription says to its queue.
func (b *Broker) queueConfig(of *subscription) delivery.Config {
	s := of.resource
	c := delivery.Config{
		Retention: max(s.MessageRetentionDuration.AsDuration(), s.TopicMessageRetentionDuration.AsDuration()),
		Retain:    s.RetainAckedMessages,
		Ordered:   s.EnableMessageOrdering,
		Accepts:   of.filter,
	}
	if chain := of.transforms; chain != nil {
		c.Transform = func(m *pubsubpb.PubsubMessage) (*pubsubpb.PubsubMessage, error) {
			out, err := chain.Apply(m)
			if err != nil {
				b.log.Warn("message can't be transformed", "subscription", s.Name, "message", m.MessageId, "error", err)
			}
			return out, err
		}
	}
	switch p := s.RetryPolicy; {
	case p != nil:
		c.Backoff = delivery.Backoff{Min: p.MinimumBackoff.AsDuration(), Max: p.MaximumBackoff.AsDuration()}
	case s.GetPushConfig().GetPushEndpoint() != "":
		c.Backoff = delivery.Backoff{Min: push.MinBackoff, Max: push.MaxBackoff}
	}
	if b.journal != nil {
		c.Done = func(ids []string) {
			if err := b.journal.Append(journal.Acknowledged, &pubsubpb.AcknowledgeRequest{Subscription: s.Name, AckIds: ids}); err != nil {
				b.log.Error("journal can't be written; messages will come again after a restart", "error", err)
			}
		}
	}
	if p := s.DeadLetterPolicy; p != nil {
		c.MaxAttempts = int(p.MaxDeliveryAttempts)
		c.DeadLetter = func(m *pubsubpb.PubsubMessage, attempts int) bool {
			return b.deadLetter(s, m, attempts)
		}
	}
	return c
}
