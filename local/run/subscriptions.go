package run

import (
	"context"
	"errors"
	"fmt"
	"time"

	cloudpubsub "cloud.google.com/go/pubsub/v2"
	"cloud.google.com/go/pubsub/v2/apiv1/pubsubpb"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/tallystream/tallystream/emulator/pubsub"
	"github.com/tallystream/tallystream/local/settings"
)

// push is how messages are pushed to ingest. A push that fails while ingest is started
// again counts as an attempt. With few attempts and short back-offs, good messages would
// become dead letters.
func (s *System) push() settings.Push {
	if s.profile == nil {
		return settings.Push{AckDeadline: time.Minute, MinBackoff: 100 * time.Millisecond, MaxBackoff: 10 * time.Second, Attempts: 100}
	}
	p := settings.CloudPush()
	p.AckDeadline = max(s.profile.Scale(p.AckDeadline), leastAckDeadline)
	p.MinBackoff, p.MaxBackoff = s.profile.Scale(p.MinBackoff), s.profile.Scale(p.MaxBackoff)
	return p
}

// leastAckDeadline is the shortest that Pub/Sub takes.
const leastAckDeadline = 10 * time.Second

// createSubscriptions does what Terraform does in the cloud: the topic with its
// push subscription, and the topic of the dead letters with one to pull from.
func (s *System) createSubscriptions(ctx context.Context) error {
	client, err := s.cloud.NewPubSub(ctx)
	if err != nil {
		return err
	}
	defer client.Close()
	topic, push := s.settings["PUBSUB_TOPIC"], s.push()
	dead := topic + "-dead-letters" // as Terraform names it
	for _, name := range []string{topic, dead} {
		_, err := client.TopicAdminClient.CreateTopic(ctx, &pubsubpb.Topic{Name: s.resource("topics", name)})
		if err := orExists(err); err != nil {
			return fmt.Errorf("create Pub/Sub topic %s: %w", name, err)
		}
	}
	if err := s.subscribe(ctx, client, &pubsubpb.Subscription{
		Name:  s.resource("subscriptions", dead),
		Topic: s.resource("topics", dead),
	}); err != nil {
		return err
	}
	return s.subscribe(ctx, client, &pubsubpb.Subscription{
		Name:               s.resource("subscriptions", topic+"-ingest"),
		Topic:              s.resource("topics", topic),
		AckDeadlineSeconds: int32(push.AckDeadline / time.Second),
		PushConfig:         &pubsubpb.PushConfig{PushEndpoint: s.functionURL("ingest")},
		RetryPolicy: &pubsubpb.RetryPolicy{
			MinimumBackoff: durationpb.New(push.MinBackoff),
			MaximumBackoff: durationpb.New(push.MaxBackoff),
		},
		DeadLetterPolicy: &pubsubpb.DeadLetterPolicy{
			DeadLetterTopic: s.resource("topics", dead), MaxDeliveryAttempts: push.Attempts,
		},
	})
}

// subscribe creates a subscription. If it exists, its push endpoint is set.
func (s *System) subscribe(ctx context.Context, client *cloudpubsub.Client, sub *pubsubpb.Subscription) error {
	_, err := client.SubscriptionAdminClient.CreateSubscription(ctx, sub)
	if status.Code(err) == codes.AlreadyExists {
		err = nil
		if sub.PushConfig != nil {
			err = client.SubscriptionAdminClient.ModifyPushConfig(ctx, &pubsubpb.ModifyPushConfigRequest{
				Subscription: sub.Name, PushConfig: sub.PushConfig,
			})
		}
	}
	if err != nil {
		return fmt.Errorf("create Pub/Sub subscription %s: %w", sub.Name, err)
	}
	return nil
}

func (s *System) resource(kind, name string) string {
	return "projects/" + s.settings["GOOGLE_CLOUD_PROJECT"] + "/" + kind + "/" + name
}

func orExists(err error) error {
	if status.Code(err) == codes.AlreadyExists {
		return nil
	}
	return err
}

// Backlog is what ingest hasn't acknowledged of its push subscription. It is known
// of the emulator in this process only.
func (s *System) Backlog() (pubsub.Backlog, error) {
	if s.pubsub == nil {
		return pubsub.Backlog{}, errors.New("the backlog is known of the emulator that this program runs: unset PUBSUB_EMULATOR_HOST")
	}
	return s.pubsub.Backlog(s.resource("subscriptions", s.settings["PUBSUB_TOPIC"]+"-ingest"))
}
