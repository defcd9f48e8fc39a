package run

import (
	"context"
	"fmt"

	"cloud.google.com/go/pubsub/v2/apiv1/pubsubpb"

	"github.com/tallystream/tallystream/local/settings"
)

// HoldPushes has Pub/Sub keep messages instead of pushing them to ingest.
func (s *System) HoldPushes(ctx context.Context) error {
	return s.pushTo(ctx, &pubsubpb.PushConfig{})
}

// ReleasePushes has Pub/Sub push to ingest again, what it kept first.
func (s *System) ReleasePushes(ctx context.Context) error {
	return s.pushTo(ctx, &pubsubpb.PushConfig{PushEndpoint: s.functionURL(settings.Ingest)})
}

func (s *System) pushTo(ctx context.Context, push *pubsubpb.PushConfig) error {
	client, err := s.cloud.NewPubSub(ctx)
	if err != nil {
		return err
	}
	defer client.Close()
	name := s.resource("subscriptions", s.settings["PUBSUB_TOPIC"]+"-ingest")
	err = client.SubscriptionAdminClient.ModifyPushConfig(ctx, &pubsubpb.ModifyPushConfigRequest{
		Subscription: name, PushConfig: push,
	})
	if err != nil {
		return fmt.Errorf("change the endpoint of %s: %w", name, err)
	}
	return nil
}
