package pubsub

import (
	"cloud.google.com/go/pubsub/v2/apiv1/pubsubpb"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
)

// The changes of the broker's state, each as a call and a restart make it. The
// broker's mutex is held; what is put has been checked.

// deletedTopic is what Pub/Sub reports as the topic of a subscription whose
// topic was deleted.
const deletedTopic = "_deleted-topic_"

// note writes a change to the journal before it is made.
func (b *broker) note(kind entryKind, m proto.Message) error {
	if err := b.journal.append(kind, m); err != nil {
		b.options.Logger.Error("journal can't be written", "error", err)
		return status.Error(codes.Internal, err.Error())
	}
	return nil
}

// putTopic creates or changes a topic.
func (b *broker) putTopic(r *pubsubpb.Topic) {
	if t, ok := b.topics[r.Name]; ok {
		t.resource = r
		return
	}
	b.topics[r.Name] = &topic{resource: r, subscriptions: map[string]*subscription{}}
}

// dropTopic leaves the topic's subscriptions, with what they still hold.
func (b *broker) dropTopic(name string) {
	t, ok := b.topics[name]
	if !ok {
		return
	}
	for _, s := range t.subscriptions {
		s.topic = nil
		s.resource = proto.Clone(s.resource).(*pubsubpb.Subscription)
		s.resource.Topic = deletedTopic
	}
	delete(b.topics, name)
}

// putSubscription creates or changes a subscription. Outstanding pushes to a
// former endpoint end by themselves.
func (b *broker) putSubscription(r *pubsubpb.Subscription) error {
	f, err := parseFilter(r.Filter)
	if err != nil {
		return err
	}
	s, ok := b.subscriptions[r.Name]
	if !ok {
		s = &subscription{queue: newQueue(b.queueConfig(r, f)), topic: b.topics[r.Topic]}
		b.subscriptions[r.Name] = s
		s.queue.replaying(!b.serving)
		if s.topic != nil {
			s.topic.subscriptions[r.Name] = s
		}
	}
	s.resource = r
	s.stopPusher()
	if r.Detached {
		s.leave()
		return nil
	}
	s.queue.configure(b.queueConfig(r, f))
	b.startPusher(s)
	return nil
}

// startPusher starts delivering to the endpoint, if there is one.
func (b *broker) startPusher(s *subscription) {
	if b.serving && !s.resource.Detached && s.resource.GetPushConfig().GetPushEndpoint() != "" {
		s.pusher = newPusher(b, s.resource, s.queue)
		s.pusher.start()
	}
}

func (s *subscription) stopPusher() {
	if s.pusher != nil {
		s.pusher.stop()
		s.pusher = nil
	}
}

func (b *broker) dropSubscription(name string) {
	if s, ok := b.subscriptions[name]; ok {
		s.leave()
		delete(b.subscriptions, name)
	}
}

// leave ends a subscription's deliveries and drops its messages.
func (s *subscription) leave() {
	if s.topic != nil {
		delete(s.topic.subscriptions, s.resource.Name)
		s.topic = nil
	}
	s.stopPusher()
	s.queue.close()
}
