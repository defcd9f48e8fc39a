// Package api serves Pub/Sub's gRPC services. It checks requests as the service does, fills
// in defaults, and leaves the rest to package broker.
package api

import (
	"context"

	"cloud.google.com/go/pubsub/v2/apiv1/pubsubpb"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/emptypb"

	"github.com/tallystream/tallystream/emulator/pubsub/broker"
	"github.com/tallystream/tallystream/emulator/pubsub/transform"
)

// Publisher serves google.pubsub.v1.Publisher.
type Publisher struct {
	pubsubpb.UnimplementedPublisherServer
	Broker *broker.Broker
}

// CreateTopic creates a topic.
func (p Publisher) CreateTopic(_ context.Context, r *pubsubpb.Topic) (*pubsubpb.Topic, error) {
	if err := checkName("topics", r.Name); err != nil {
		return nil, err
	}
	if err := checkTopic(r); err != nil {
		return nil, err
	}
	t := proto.Clone(r).(*pubsubpb.Topic)
	t.State, t.SatisfiesPzs = pubsubpb.Topic_ACTIVE, false
	if err := p.Broker.CreateTopic(t); err != nil {
		return nil, err
	}
	return t, nil
}

// checkTopic returns what the service would refuse.
func checkTopic(t *pubsubpb.Topic) error {
	if p := t.MessageRetentionDuration; p != nil {
		if d := p.AsDuration(); d < minSubRetention || d > maxSubRetention {
			return status.Errorf(codes.InvalidArgument, "Invalid message_retention_duration %v: want %v to %v.", d, minSubRetention, maxSubRetention)
		}
	}
	if t.SchemaSettings != nil && len(t.MessageTransforms) > 0 {
		return status.Error(codes.Unimplemented, "The emulator doesn't support message_transforms of a topic with schema_settings.")
	}
	_, err := transform.New(t.MessageTransforms)
	return err
}

// GetTopic returns a topic.
func (p Publisher) GetTopic(_ context.Context, r *pubsubpb.GetTopicRequest) (*pubsubpb.Topic, error) {
	return p.Broker.Topic(r.Topic)
}

// UpdateTopic changes the fields of a topic that the mask names.
func (p Publisher) UpdateTopic(_ context.Context, r *pubsubpb.UpdateTopicRequest) (*pubsubpb.Topic, error) {
	return p.Broker.ChangeTopic(r.GetTopic().GetName(), func(old *pubsubpb.Topic) (*pubsubpb.Topic, error) {
		updated, err := update(old, r.Topic, r.UpdateMask, "name", "kms_key_name", "state", "satisfies_pzs")
		if err != nil {
			return nil, err
		}
		return updated, checkTopic(updated)
	})
}

// ListTopics returns the topics of a project.
func (p Publisher) ListTopics(_ context.Context, r *pubsubpb.ListTopicsRequest) (*pubsubpb.ListTopicsResponse, error) {
	topics, next := p.Broker.Topics(r.Project, broker.Page{Size: r.PageSize, Token: r.PageToken})
	return &pubsubpb.ListTopicsResponse{Topics: topics, NextPageToken: next}, nil
}

// ListTopicSubscriptions returns the names of a topic's subscriptions.
func (p Publisher) ListTopicSubscriptions(_ context.Context, r *pubsubpb.ListTopicSubscriptionsRequest) (*pubsubpb.ListTopicSubscriptionsResponse, error) {
	names, next, err := p.Broker.TopicSubscriptions(r.Topic, broker.Page{Size: r.PageSize, Token: r.PageToken})
	if err != nil {
		return nil, err
	}
	return &pubsubpb.ListTopicSubscriptionsResponse{Subscriptions: names, NextPageToken: next}, nil
}

// ListTopicSnapshots returns the names of a topic's snapshots.
func (p Publisher) ListTopicSnapshots(_ context.Context, r *pubsubpb.ListTopicSnapshotsRequest) (*pubsubpb.ListTopicSnapshotsResponse, error) {
	names, next, err := p.Broker.TopicSnapshots(r.Topic, broker.Page{Size: r.PageSize, Token: r.PageToken})
	if err != nil {
		return nil, err
	}
	return &pubsubpb.ListTopicSnapshotsResponse{Snapshots: names, NextPageToken: next}, nil
}

// DeleteTopic deletes a topic. Its subscriptions stay, with what they still hold.
func (p Publisher) DeleteTopic(_ context.Context, r *pubsubpb.DeleteTopicRequest) (*emptypb.Empty, error) {
	return &emptypb.Empty{}, p.Broker.DeleteTopic(r.Topic)
}

// DetachSubscription ends a subscription's deliveries and drops its messages.
func (p Publisher) DetachSubscription(_ context.Context, r *pubsubpb.DetachSubscriptionRequest) (*pubsubpb.DetachSubscriptionResponse, error) {
	return &pubsubpb.DetachSubscriptionResponse{}, p.Broker.DetachSubscription(r.Subscription)
}
