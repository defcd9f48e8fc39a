package broker

import (
	"cloud.google.com/go/pubsub/v2/apiv1/pubsubpb"
	"google.golang.org/protobuf/proto"

	"github.com/tallystream/tallystream/emulator/pubsub/delivery"
	"github.com/tallystream/tallystream/emulator/pubsub/journal"
)

// CreateSubscription creates a subscription of an existing topic. It fills in what the
// topic says of it.
func (b *Broker) CreateSubscription(r *pubsubpb.Subscription) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := b.expireSubscriptions(); err != nil {
		return err
	}
	if b.subscriptions[r.Name] != nil {
		return alreadyExists("Subscription", r.Name)
	}
	t, err := find(b.topics, "Topic", r.Topic)
	if err != nil {
		return err
	}
	r.TopicMessageRetentionDuration = t.resource.MessageRetentionDuration
	return b.changeSubscription(r)
}

// Subscription returns a subscription and its queue.
func (b *Broker) Subscription(name string) (*pubsubpb.Subscription, *delivery.Queue, error) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	s, ok := b.subscriptions[name]
	if !ok || s.expired() {
		return nil, nil, notFound("Subscription", name)
	}
	return s.resource, s.queue, nil
}

// expired says that nobody has used a subscription for as long as its policy allows.
func (s *subscription) expired() bool {
	ttl := s.resource.GetExpirationPolicy().GetTtl()
	return ttl != nil && s.queue.Idle() > ttl.AsDuration()
}

// expireSubscriptions deletes those that nobody has used for too long. The broker's mutex
// is held.
func (b *Broker) expireSubscriptions() error {
	for name, s := range b.subscriptions {
		if s.expired() {
			if err := b.deleteSubscription(name); err != nil {
				return err
			}
		}
	}
	return nil
}

// Pullable returns a subscription that isn't detached, and its queue.
func (b *Broker) Pullable(name string) (*pubsubpb.Subscription, *delivery.Queue, error) {
	resource, q, err := b.Subscription(name)
	if err == nil && resource.Detached {
		err = Detached(name)
	}
	if err != nil {
		return nil, nil, err
	}
	return resource, q, nil
}

// ChangeSubscription replaces a subscription by what change makes of it.
func (b *Broker) ChangeSubscription(name string, change func(*pubsubpb.Subscription) (*pubsubpb.Subscription, error)) (*pubsubpb.Subscription, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	s, err := find(b.subscriptions, "Subscription", name)
	if err != nil {
		return nil, err
	}
	return replace(s.resource, change, b.changeSubscription)
}

// changeSubscription notes and makes a change. The service refuses a dead-letter policy
// whose topic is missing.
func (b *Broker) changeSubscription(r *pubsubpb.Subscription) error {
	if p := r.DeadLetterPolicy; p != nil && b.topics[p.DeadLetterTopic] == nil {
		return notFound("Dead-letter topic", p.DeadLetterTopic)
	}
	if err := b.note(journal.SubscriptionPut, r); err != nil {
		return err
	}
	return b.putSubscription(r)
}

// DetachSubscription ends a subscription's deliveries and drops its messages.
func (b *Broker) DetachSubscription(name string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	s, err := find(b.subscriptions, "Subscription", name)
	if err != nil {
		return err
	}
	r := proto.Clone(s.resource).(*pubsubpb.Subscription)
	r.Detached = true
	if err := b.note(journal.SubscriptionPut, r); err != nil {
		return err
	}
	return b.putSubscription(r)
}

// DeleteSubscription deletes a subscription with its messages.
func (b *Broker) DeleteSubscription(name string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.subscriptions[name] == nil {
		return notFound("Subscription", name)
	}
	return b.deleteSubscription(name)
}

// deleteSubscription notes and makes a deletion.
func (b *Broker) deleteSubscription(name string) error {
	if err := b.note(journal.SubscriptionDeleted, &pubsubpb.DeleteSubscriptionRequest{Subscription: name}); err != nil {
		return err
	}
	b.dropSubscription(name)
	return nil
}

// Subscriptions returns a page of the subscriptions of a project, projects/P, and the
// token of the next page.
func (b *Broker) Subscriptions(project string, p Page) (list []*pubsubpb.Subscription, next string, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := b.expireSubscriptions(); err != nil {
		return nil, "", err
	}
	list, next = resources(b.subscriptions, p, project+"/subscriptions/", func(s *subscription) *pubsubpb.Subscription { return s.resource })
	return list, next, nil
}
