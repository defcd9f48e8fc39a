package pubsub

import (
	"context"
	"strings"

	"cloud.google.com/go/pubsub/v2/apiv1/pubsubpb"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/emptypb"
)

// publisher serves google.pubsub.v1.Publisher.
type publisher struct {
	pubsubpb.UnimplementedPublisherServer
	*broker
}

func (p publisher) CreateTopic(_ context.Context, t *pubsubpb.Topic) (*pubsubpb.Topic, error) {
	if err := checkName("topics", t.Name); err != nil {
		return nil, err
	}
	if err := checkTopic(t); err != nil {
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.topics[t.Name] != nil {
		return nil, alreadyExists("Topic", t.Name)
	}
	t = proto.Clone(t).(*pubsubpb.Topic)
	t.State = pubsubpb.Topic_ACTIVE
	if err := p.note(topicPut, t); err != nil {
		return nil, err
	}
	p.putTopic(t)
	return t, nil
}

// checkTopic refuses what the emulator would have to ignore.
func checkTopic(t *pubsubpb.Topic) error {
	for name, set := range map[string]bool{
		"schema_settings":                t.SchemaSettings != nil,
		"ingestion_data_source_settings": t.IngestionDataSourceSettings != nil,
		"message_transforms":             len(t.MessageTransforms) > 0,
	} {
		if set {
			return status.Errorf(codes.Unimplemented, "The emulator doesn't support %s.", name)
		}
	}
	return nil
}

func (p publisher) GetTopic(_ context.Context, r *pubsubpb.GetTopicRequest) (*pubsubpb.Topic, error) {
	p.mu.RLock()
	defer p.mu.RUnlock()
	t, ok := p.topics[r.Topic]
	if !ok {
		return nil, notFound("Topic", r.Topic)
	}
	return t.resource, nil
}

func (p publisher) UpdateTopic(_ context.Context, r *pubsubpb.UpdateTopicRequest) (*pubsubpb.Topic, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	t, ok := p.topics[r.GetTopic().GetName()]
	if !ok {
		return nil, notFound("Topic", r.GetTopic().GetName())
	}
	updated, err := update(t.resource, r.Topic, r.UpdateMask, "name", "kms_key_name", "state")
	if err != nil {
		return nil, err
	}
	if err := checkTopic(updated); err != nil {
		return nil, err
	}
	if err := p.note(topicPut, updated); err != nil {
		return nil, err
	}
	p.putTopic(updated)
	return updated, nil
}

func (p publisher) ListTopics(_ context.Context, r *pubsubpb.ListTopicsRequest) (*pubsubpb.ListTopicsResponse, error) {
	p.mu.RLock()
	defer p.mu.RUnlock()
	names, next := page(p.topics, r.PageSize, r.PageToken, func(name string, _ *topic) bool {
		return strings.HasPrefix(name, r.Project+"/topics/")
	})
	resp := &pubsubpb.ListTopicsResponse{NextPageToken: next}
	for _, name := range names {
		resp.Topics = append(resp.Topics, p.topics[name].resource)
	}
	return resp, nil
}

func (p publisher) ListTopicSubscriptions(_ context.Context, r *pubsubpb.ListTopicSubscriptionsRequest) (*pubsubpb.ListTopicSubscriptionsResponse, error) {
	p.mu.RLock()
	defer p.mu.RUnlock()
	t, ok := p.topics[r.Topic]
	if !ok {
		return nil, notFound("Topic", r.Topic)
	}
	names, next := page(t.subscriptions, r.PageSize, r.PageToken, func(string, *subscription) bool { return true })
	return &pubsubpb.ListTopicSubscriptionsResponse{Subscriptions: names, NextPageToken: next}, nil
}

// ListTopicSnapshots is always empty: there are no snapshots.
func (p publisher) ListTopicSnapshots(context.Context, *pubsubpb.ListTopicSnapshotsRequest) (*pubsubpb.ListTopicSnapshotsResponse, error) {
	return &pubsubpb.ListTopicSnapshotsResponse{}, nil
}

// DeleteTopic leaves the topic's subscriptions, with what they still hold.
func (p publisher) DeleteTopic(_ context.Context, r *pubsubpb.DeleteTopicRequest) (*emptypb.Empty, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.topics[r.Topic] == nil {
		return nil, notFound("Topic", r.Topic)
	}
	if err := p.note(topicGone, r); err != nil {
		return nil, err
	}
	p.dropTopic(r.Topic)
	return &emptypb.Empty{}, nil
}

// DetachSubscription ends a subscription's deliveries and drops its messages.
func (p publisher) DetachSubscription(_ context.Context, r *pubsubpb.DetachSubscriptionRequest) (*pubsubpb.DetachSubscriptionResponse, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	s, ok := p.subscriptions[r.Subscription]
	if !ok {
		return nil, notFound("Subscription", r.Subscription)
	}
	resource := proto.Clone(s.resource).(*pubsubpb.Subscription)
	resource.Detached = true
	if err := p.note(subPut, resource); err != nil {
		return nil, err
	}
	return &pubsubpb.DetachSubscriptionResponse{}, p.putSubscription(resource)
}

func (p publisher) Publish(_ context.Context, r *pubsubpb.PublishRequest) (*pubsubpb.PublishResponse, error) {
	if err := checkPublish(r); err != nil {
		return nil, err
	}
	ids, err := p.publish(r.Topic, r.Messages...)
	if err != nil {
		return nil, err
	}
	return &pubsubpb.PublishResponse{MessageIds: ids}, nil
}
