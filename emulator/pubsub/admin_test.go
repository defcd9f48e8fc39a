package pubsub_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"cloud.google.com/go/pubsub/v2/apiv1/pubsubpb"
	"github.com/google/go-cmp/cmp"
	"github.com/tallystream/tallystream/emulator/internal/loopback/loopbacktest"
	"github.com/tallystream/tallystream/emulator/pubsub"
	"google.golang.org/api/iterator"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/testing/protocmp"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/fieldmaskpb"
)

func TestSubscriptionDefaults(t *testing.T) {
	c := newClients(t)
	topic := c.createTopic("topic")
	got, err := c.sub.CreateSubscription(c.ctx(), &pubsubpb.Subscription{
		Name: c.subName("sub"), Topic: topic, RetryPolicy: &pubsubpb.RetryPolicy{},
		DeadLetterPolicy: &pubsubpb.DeadLetterPolicy{DeadLetterTopic: topic}, Labels: map[string]string{"a": "b"},
	})
	if err != nil {
		t.Fatal(err)
	}
	want := &pubsubpb.Subscription{
		Name: c.subName("sub"), Topic: topic, PushConfig: &pubsubpb.PushConfig{}, AckDeadlineSeconds: 10,
		MessageRetentionDuration: durationpb.New(7 * 24 * time.Hour),
		ExpirationPolicy:         &pubsubpb.ExpirationPolicy{Ttl: durationpb.New(31 * 24 * time.Hour)},
		RetryPolicy:              &pubsubpb.RetryPolicy{MinimumBackoff: durationpb.New(10 * time.Second), MaximumBackoff: durationpb.New(600 * time.Second)},
		DeadLetterPolicy:         &pubsubpb.DeadLetterPolicy{DeadLetterTopic: topic, MaxDeliveryAttempts: 5},
		Labels:                   map[string]string{"a": "b"}, State: pubsubpb.Subscription_ACTIVE,
	}
	if diff := cmp.Diff(want, got, protocmp.Transform()); diff != "" {
		t.Errorf("subscription (-want +got):\n%s", diff)
	}
}

func TestUpdates(t *testing.T) {
	c := newClients(t)
	topic := c.createTopic("topic")
	sub := c.subscribe("sub", nil)
	got, err := c.sub.UpdateSubscription(c.ctx(), &pubsubpb.UpdateSubscriptionRequest{
		Subscription: &pubsubpb.Subscription{Name: sub, AckDeadlineSeconds: 60, Labels: map[string]string{"not": "this"}},
		UpdateMask:   &fieldmaskpb.FieldMask{Paths: []string{"ack_deadline_seconds"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if got.AckDeadlineSeconds != 60 || len(got.Labels) != 0 || got.Topic != topic {
		t.Errorf("updated subscription %v", got)
	}
	updated, err := c.pub.UpdateTopic(c.ctx(), &pubsubpb.UpdateTopicRequest{
		Topic:      &pubsubpb.Topic{Name: topic, Labels: map[string]string{"a": "b"}},
		UpdateMask: &fieldmaskpb.FieldMask{Paths: []string{"labels"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if updated.Labels["a"] != "b" {
		t.Errorf("updated topic %v", updated)
	}
}

func TestInvalidSubscriptions(t *testing.T) {
	c := newClients(t)
	topic := c.createTopic("topic")
	for _, test := range []struct {
		name   string
		change func(*pubsubpb.Subscription)
		code   codes.Code
		say    string
	}{
		{"name", func(s *pubsubpb.Subscription) { s.Name = c.subName("1st") }, codes.InvalidArgument, "1st"},
		{"deadline", func(s *pubsubpb.Subscription) { s.AckDeadlineSeconds = 5 }, codes.InvalidArgument, "10 to 600"},
		{"filter", func(s *pubsubpb.Subscription) { s.Filter = "foo" }, codes.InvalidArgument, "foo"},
		{"attempts", func(s *pubsubpb.Subscription) {
			s.DeadLetterPolicy = &pubsubpb.DeadLetterPolicy{DeadLetterTopic: topic, MaxDeliveryAttempts: 2}
		}, codes.InvalidArgument, "5 to 100"},
		{"dead-letter topic", func(s *pubsubpb.Subscription) {
			s.DeadLetterPolicy = &pubsubpb.DeadLetterPolicy{DeadLetterTopic: c.topicName("none")}
		}, codes.NotFound, "none"},
		{"retry policy", func(s *pubsubpb.Subscription) {
			s.RetryPolicy = &pubsubpb.RetryPolicy{MinimumBackoff: durationpb.New(time.Hour)}
		}, codes.InvalidArgument, "1h"},
		{"retention", func(s *pubsubpb.Subscription) { s.MessageRetentionDuration = durationpb.New(time.Minute) }, codes.InvalidArgument, "1m"},
		{"endpoint", func(s *pubsubpb.Subscription) { s.PushConfig = &pubsubpb.PushConfig{PushEndpoint: "localhost"} }, codes.InvalidArgument, "localhost"},
		{"export", func(s *pubsubpb.Subscription) { s.BigqueryConfig = &pubsubpb.BigQueryConfig{Table: "p.d.t"} }, codes.Unimplemented, "bigquery_config"},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := &pubsubpb.Subscription{Name: c.subName("sub"), Topic: topic}
			test.change(s)
			_, err := c.sub.CreateSubscription(c.ctx(), s)
			if status.Code(err) != test.code || !strings.Contains(status.Convert(err).Message(), test.say) {
				t.Errorf("%v, want %v that says %q", err, test.code, test.say)
			}
		})
	}
}

func TestPublishLimits(t *testing.T) {
	c := newClients(t)
	topic := c.createTopic("topic")
	many := make([]*pubsubpb.PubsubMessage, 1001)
	attributes := map[string]string{}
	for i := range many {
		many[i] = text("x")
		if i <= 100 {
			attributes[fmt.Sprint(i)] = ""
		}
	}
	for _, test := range []struct {
		name     string
		messages []*pubsubpb.PubsubMessage
		say      string
	}{
		{"none", nil, "0 messages"},
		{"too many", many, "1001 messages"},
		{"too large", []*pubsubpb.PubsubMessage{{Data: make([]byte, 10_000_001)}}, "the limit is 10000000"},
		{"attributes", []*pubsubpb.PubsubMessage{{Attributes: attributes}}, "101 attributes"},
		{"key of an attribute", []*pubsubpb.PubsubMessage{{Attributes: map[string]string{strings.Repeat("k", 257): ""}}}, "256"},
		{"value of an attribute", []*pubsubpb.PubsubMessage{{Attributes: map[string]string{"k": strings.Repeat("v", 1025)}}}, "1024"},
		{"ordering key", []*pubsubpb.PubsubMessage{{Data: []byte("x"), OrderingKey: strings.Repeat("k", 1025)}}, "1025 bytes"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := c.pub.Publish(c.ctx(), &pubsubpb.PublishRequest{Topic: topic, Messages: test.messages})
			if status.Code(err) != codes.InvalidArgument || !strings.Contains(status.Convert(err).Message(), test.say) {
				t.Errorf("%v, want InvalidArgument that says %q", err, test.say)
			}
		})
	}
}

func TestLists(t *testing.T) {
	c := newClients(t)
	c.createTopic("topic")
	var want []string
	for i := range 7 {
		c.createTopic(fmt.Sprintf("other-%d", i))
		want = append(want, c.subscribe(fmt.Sprintf("sub-%d", i), nil))
	}
	if _, err := c.pub.CreateTopic(c.ctx(), &pubsubpb.Topic{Name: "projects/another/topics/topic"}); err != nil {
		t.Fatal(err)
	}
	var got []string
	it := c.SubscriptionAdminClient.ListSubscriptions(c.ctx(), &pubsubpb.ListSubscriptionsRequest{Project: c.project, PageSize: 3})
	for {
		s, err := it.Next()
		if err == iterator.Done {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, s.Name)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("subscriptions (-want +got):\n%s", diff)
	}
	of, err := c.pub.ListTopicSubscriptions(c.ctx(), &pubsubpb.ListTopicSubscriptionsRequest{Topic: c.topicName("topic")})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, of.Subscriptions); diff != "" {
		t.Errorf("subscriptions of the topic (-want +got):\n%s", diff)
	}
	topics, err := c.pub.ListTopics(c.ctx(), &pubsubpb.ListTopicsRequest{Project: c.project})
	if err != nil {
		t.Fatal(err)
	}
	if len(topics.Topics) != 8 {
		t.Errorf("%d topics, want the 8 of the project", len(topics.Topics))
	}
}

// Deleting a topic leaves what its subscriptions hold; detaching drops it.
func TestDeleteTopicAndDetach(t *testing.T) {
	c := newClients(t)
	topic := c.createTopic("topic")
	kept, gone := c.subscribe("kept", nil), c.subscribe("gone", nil)
	c.publish(text("x"))
	if _, err := c.pub.DetachSubscription(c.ctx(), &pubsubpb.DetachSubscriptionRequest{Subscription: gone}); err != nil {
		t.Fatal(err)
	}
	_, err := c.sub.Pull(c.ctx(), &pubsubpb.PullRequest{Subscription: gone, MaxMessages: 1})
	if status.Code(err) != codes.FailedPrecondition {
		t.Errorf("pull from a detached subscription: %v, want FailedPrecondition", err)
	}
	if _, err := c.pub.DeleteTopic(c.ctx(), &pubsubpb.DeleteTopicRequest{Topic: topic}); err != nil {
		t.Fatal(err)
	}
	s, err := c.sub.GetSubscription(c.ctx(), &pubsubpb.GetSubscriptionRequest{Subscription: kept})
	if err != nil {
		t.Fatal(err)
	}
	if s.Topic != "_deleted-topic_" {
		t.Errorf("topic of the subscription is %q", s.Topic)
	}
	if got := c.pull(kept, 1)[0].Message.Data; !bytes.Equal(got, []byte("x")) {
		t.Errorf("pulled %q", got)
	}
}

func TestExactlyOnceConfirms(t *testing.T) {
	c := newClients(t)
	c.createTopic("topic")
	sub := c.subscribe("sub", func(s *pubsubpb.Subscription) { s.EnableExactlyOnceDelivery = true })
	c.publish(text("x"))
	m := c.pull(sub, 1)[0]
	c.ack(sub, m)
	_, err := c.sub.Acknowledge(c.ctx(), &pubsubpb.AcknowledgeRequest{Subscription: sub, AckIds: []string{m.AckId}})
	if status.Code(err) != codes.FailedPrecondition || len(status.Convert(err).Details()) != 1 {
		t.Errorf("second acknowledgement: %v, want FailedPrecondition with details", err)
	}
}

// A stream confirms acknowledgements and extensions where delivery is exactly once.
func TestExactlyOnceConfirmsInStream(t *testing.T) {
	c := newClients(t)
	c.createTopic("topic")
	sub := c.subscribe("sub", func(s *pubsubpb.Subscription) { s.EnableExactlyOnceDelivery = true })
	stream, err := c.sub.StreamingPull(c.ctx())
	if err != nil {
		t.Fatal(err)
	}
	if err := stream.Send(&pubsubpb.StreamingPullRequest{Subscription: sub, StreamAckDeadlineSeconds: 60}); err != nil {
		t.Fatal(err)
	}
	c.publish(text("x"))
	got, err := stream.Recv()
	if err != nil {
		t.Fatal(err)
	}
	id := got.ReceivedMessages[0].AckId
	if err := stream.Send(&pubsubpb.StreamingPullRequest{ModifyDeadlineAckIds: []string{id}, ModifyDeadlineSeconds: []int32{30}, AckIds: []string{"none"}}); err != nil {
		t.Fatal(err)
	}
	got, err = stream.Recv()
	want := &pubsubpb.StreamingPullResponse{
		AcknowledgeConfirmation:       &pubsubpb.StreamingPullResponse_AcknowledgeConfirmation{InvalidAckIds: []string{"none"}},
		ModifyAckDeadlineConfirmation: &pubsubpb.StreamingPullResponse_ModifyAckDeadlineConfirmation{AckIds: []string{id}},
	}
	if diff := cmp.Diff(want, got, protocmp.Transform()); diff != "" || err != nil {
		t.Errorf("confirmation, %v (-want +got):\n%s", err, diff)
	}
}

func TestAddresses(t *testing.T) {
	loopbacktest.Addresses(t, func(addr string) error { return startAndStop(t, pubsub.Options{Addr: addr}) })
}

func startAndStop(t *testing.T, o pubsub.Options) error {
	s, err := pubsub.Start(t.Context(), o)
	if err != nil {
		return err
	}
	return s.Close()
}

func TestStartErrors(t *testing.T) {
	loopbacktest.Says(t, startAndStop(t, pubsub.Options{Addr: "x", PushWindow: -1, PushBytes: -2, Grace: -3, PullWait: -4}),
		`"x"`, "push window -1", "push bytes -2", "grace -3ns", "pull wait -4ns")
}
