package api

import (
	"context"
	"time"

	"cloud.google.com/go/pubsub/v2/apiv1/pubsubpb"
	"google.golang.org/protobuf/types/known/emptypb"
	"google.golang.org/protobuf/types/known/fieldmaskpb"

	"github.com/tallystream/tallystream/emulator/pubsub/broker"
)

// Subscriber serves google.pubsub.v1.Subscriber.
type Subscriber struct {
	pubsubpb.UnimplementedSubscriberServer
	Broker   *broker.Broker
	PullWait time.Duration // for the first message of a unary pull
}

// CreateSubscription creates a subscription.
func (s Subscriber) CreateSubscription(_ context.Context, in *pubsubpb.Subscription) (*pubsubpb.Subscription, error) {
	if err := checkName("subscriptions", in.Name); err != nil {
		return nil, err
	}
	r, err := complete(in)
	if err != nil {
		return nil, err
	}
	r.Detached, r.AnalyticsHubSubscriptionInfo = false, nil
	return r, s.Broker.CreateSubscription(r)
}

// GetSubscription returns a subscription.
func (s Subscriber) GetSubscription(_ context.Context, r *pubsubpb.GetSubscriptionRequest) (*pubsubpb.Subscription, error) {
	resource, _, err := s.Broker.Subscription(r.Subscription)
	return resource, err
}

// UpdateSubscription changes the fields of a subscription that the mask names.
func (s Subscriber) UpdateSubscription(_ context.Context, r *pubsubpb.UpdateSubscriptionRequest) (*pubsubpb.Subscription, error) {
	return s.change(r.GetSubscription(), r.GetUpdateMask(),
		"name", "topic", "filter", "enable_message_ordering", "detached", "state",
		"topic_message_retention_duration", "analytics_hub_subscription_info")
}

var maskPushConfig = &fieldmaskpb.FieldMask{Paths: []string{"push_config"}}

// ModifyPushConfig changes the endpoint of a subscription.
func (s Subscriber) ModifyPushConfig(_ context.Context, r *pubsubpb.ModifyPushConfigRequest) (*emptypb.Empty, error) {
	to := &pubsubpb.Subscription{Name: r.Subscription, PushConfig: r.PushConfig}
	_, err := s.change(to, maskPushConfig)
	return &emptypb.Empty{}, err
}

// change changes the fields of a subscription that the mask names, but no fixed ones.
func (s Subscriber) change(to *pubsubpb.Subscription, mask *fieldmaskpb.FieldMask, fixed ...string) (*pubsubpb.Subscription, error) {
	return s.Broker.ChangeSubscription(to.GetName(), func(old *pubsubpb.Subscription) (*pubsubpb.Subscription, error) {
		updated, err := update(old, to, mask, fixed...)
		if err != nil {
			return nil, err
		}
		if old.Detached {
			return nil, broker.Detached(old.Name)
		}
		return complete(updated)
	})
}

// ListSubscriptions returns the subscriptions of a project.
func (s Subscriber) ListSubscriptions(_ context.Context, r *pubsubpb.ListSubscriptionsRequest) (*pubsubpb.ListSubscriptionsResponse, error) {
	subscriptions, next, err := s.Broker.Subscriptions(r.Project, broker.Page{Size: r.PageSize, Token: r.PageToken})
	if err != nil {
		return nil, err
	}
	return &pubsubpb.ListSubscriptionsResponse{Subscriptions: subscriptions, NextPageToken: next}, nil
}

// DeleteSubscription deletes a subscription with its messages.
func (s Subscriber) DeleteSubscription(_ context.Context, r *pubsubpb.DeleteSubscriptionRequest) (*emptypb.Empty, error) {
	return &emptypb.Empty{}, s.Broker.DeleteSubscription(r.Subscription)
}
