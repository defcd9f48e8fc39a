package pubsub

import (
	"context"
	"strings"

	"cloud.google.com/go/pubsub/v2/apiv1/pubsubpb"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/emptypb"
)

// subscriber serves google.pubsub.v1.Subscriber.
type subscriber struct {
	pubsubpb.UnimplementedSubscriberServer
	*broker
}

func (s subscriber) CreateSubscription(_ context.Context, in *pubsubpb.Subscription) (*pubsubpb.Subscription, error) {
	if err := checkName("subscriptions", in.Name); err != nil {
		return nil, err
	}
	resource, err := complete(in)
	if err != nil {
		return nil, err
	}
	resource.Detached = false
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.subscriptions[in.Name] != nil {
		return nil, alreadyExists("Subscription", in.Name)
	}
	t, ok := s.topics[in.Topic]
	if !ok {
		return nil, notFound("Topic", in.Topic)
	}
	if err := s.checkDeadLetterTopic(resource); err != nil {
		return nil, err
	}
	resource.TopicMessageRetentionDuration = t.resource.MessageRetentionDuration
	return resource, s.put(resource)
}

// put makes and notes a change. The mutex is held.
func (s subscriber) put(r *pubsubpb.Subscription) error {
	if err := s.note(subPut, r); err != nil {
		return err
	}
	return s.putSubscription(r)
}

// checkDeadLetterTopic: the service refuses a policy whose topic is missing.
func (s subscriber) checkDeadLetterTopic(r *pubsubpb.Subscription) error {
	if p := r.DeadLetterPolicy; p != nil && s.topics[p.DeadLetterTopic] == nil {
		return notFound("Dead-letter topic", p.DeadLetterTopic)
	}
	return nil
}

func (s subscriber) GetSubscription(_ context.Context, r *pubsubpb.GetSubscriptionRequest) (*pubsubpb.Subscription, error) {
	resource, _ := s.subscription(r.Subscription)
	if resource == nil {
		return nil, notFound("Subscription", r.Subscription)
	}
	return resource, nil
}

func (s subscriber) UpdateSubscription(_ context.Context, r *pubsubpb.UpdateSubscriptionRequest) (*pubsubpb.Subscription, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	sub, ok := s.subscriptions[r.GetSubscription().GetName()]
	if !ok {
		return nil, notFound("Subscription", r.GetSubscription().GetName())
	}
	updated, err := update(sub.resource, r.Subscription, r.UpdateMask,
		"name", "topic", "filter", "enable_message_ordering", "detached", "state", "topic_message_retention_duration")
	if err != nil {
		return nil, err
	}
	return s.change(sub, updated)
}

// change gives a subscription a new resource. The mutex is held.
func (s subscriber) change(sub *subscription, to *pubsubpb.Subscription) (*pubsubpb.Subscription, error) {
	if sub.resource.Detached {
		return nil, detached(sub.resource.Name)
	}
	resource, err := complete(to)
	if err != nil {
		return nil, err
	}
	if err := s.checkDeadLetterTopic(resource); err != nil {
		return nil, err
	}
	return resource, s.put(resource)
}

func (s subscriber) ModifyPushConfig(_ context.Context, r *pubsubpb.ModifyPushConfigRequest) (*emptypb.Empty, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	sub, ok := s.subscriptions[r.Subscription]
	if !ok {
		return nil, notFound("Subscription", r.Subscription)
	}
	to, err := update(sub.resource, &pubsubpb.Subscription{PushConfig: r.PushConfig}, maskPushConfig)
	if err != nil {
		return nil, err
	}
	if _, err := s.change(sub, to); err != nil {
		return nil, err
	}
	return &emptypb.Empty{}, nil
}

func (s subscriber) ListSubscriptions(_ context.Context, r *pubsubpb.ListSubscriptionsRequest) (*pubsubpb.ListSubscriptionsResponse, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	names, next := page(s.subscriptions, r.PageSize, r.PageToken, func(name string, _ *subscription) bool {
		return strings.HasPrefix(name, r.Project+"/subscriptions/")
	})
	resp := &pubsubpb.ListSubscriptionsResponse{NextPageToken: next}
	for _, name := range names {
		resp.Subscriptions = append(resp.Subscriptions, s.subscriptions[name].resource)
	}
	return resp, nil
}

func (s subscriber) DeleteSubscription(_ context.Context, r *pubsubpb.DeleteSubscriptionRequest) (*emptypb.Empty, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.subscriptions[r.Subscription] == nil {
		return nil, notFound("Subscription", r.Subscription)
	}
	if err := s.note(subGone, r); err != nil {
		return nil, err
	}
	s.dropSubscription(r.Subscription)
	return &emptypb.Empty{}, nil
}

// Seek to a time drops what was published before it. Acknowledged messages
// aren't kept, so that seeking back brings none again.
func (s subscriber) Seek(_ context.Context, r *pubsubpb.SeekRequest) (*pubsubpb.SeekResponse, error) {
	q, err := s.find(r.Subscription)
	if err != nil {
		return nil, err
	}
	to, ok := r.Target.(*pubsubpb.SeekRequest_Time)
	if !ok {
		return nil, status.Error(codes.Unimplemented, "The emulator supports seeking to a time only, not to a snapshot.")
	}
	q.purge(to.Time.AsTime())
	return &pubsubpb.SeekResponse{}, nil
}

// find returns the queue of a subscription that can be pulled from.
func (s subscriber) find(name string) (*queue, error) {
	resource, q := s.subscription(name)
	switch {
	case resource == nil:
		return nil, notFound("Subscription", name)
	case resource.Detached:
		return nil, detached(name)
	}
	return q, nil
}

func detached(name string) error {
	return status.Errorf(codes.FailedPrecondition, "Subscription is detached (resource=%s).", shortName(name))
}
