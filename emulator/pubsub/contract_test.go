package pubsub_test

import (
	"context"
	"fmt"
	"sort"
	"sync"
	"testing"
	"time"

	client "cloud.google.com/go/pubsub/v2"
	"cloud.google.com/go/pubsub/v2/apiv1/pubsubpb"
	"github.com/google/go-cmp/cmp"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/fieldmaskpb"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// These tests say what Google's emulator does too; see contractClients.

func TestContractPullAndAck(t *testing.T) {
	c := contractClients(t)
	c.createTopic("topic")
	sub := c.subscribe("sub", nil)
	ids := c.publish(text("one"), &pubsubpb.PubsubMessage{Attributes: map[string]string{"a": "1"}})
	got := c.pull(sub, 2)
	sort.Slice(got, func(i, j int) bool { return got[i].Message.MessageId < got[j].Message.MessageId })
	for i, m := range got {
		if m.Message.MessageId != ids[i] {
			t.Errorf("message %d has id %q, want %q", i, m.Message.MessageId, ids[i])
		}
		if age := time.Since(m.Message.PublishTime.AsTime()); age < -time.Minute || age > time.Minute {
			t.Errorf("message %d was published %v ago", i, age)
		}
		if m.DeliveryAttempt != 0 {
			t.Errorf("message %d has attempt %d without a dead-letter policy, want 0", i, m.DeliveryAttempt)
		}
	}
	if string(got[0].Message.Data) != "one" || got[1].Message.Attributes["a"] != "1" {
		t.Errorf("pulled %v", got)
	}
	c.ack(sub, got...)
	c.empty(sub)
}

func (c clients) ack(sub string, messages ...*pubsubpb.ReceivedMessage) {
	c.Helper()
	var ids []string
	for _, m := range messages {
		ids = append(ids, m.AckId)
	}
	if _, err := c.sub.Acknowledge(c.ctx(), &pubsubpb.AcknowledgeRequest{Subscription: sub, AckIds: ids}); err != nil {
		c.Fatal(err)
	}
}

func (c clients) nack(sub string, m *pubsubpb.ReceivedMessage) {
	c.Helper()
	_, err := c.sub.ModifyAckDeadline(c.ctx(), &pubsubpb.ModifyAckDeadlineRequest{Subscription: sub, AckIds: []string{m.AckId}})
	if err != nil {
		c.Fatal(err)
	}
}

func TestContractNackRedelivers(t *testing.T) {
	c := contractClients(t)
	c.createTopic("topic")
	sub := c.subscribe("sub", nil)
	c.publish(text("again"))
	first := c.pull(sub, 1)[0]
	c.empty(sub)
	c.nack(sub, first)
	second := c.pull(sub, 1)[0]
	if first.Message.MessageId != second.Message.MessageId || first.AckId == second.AckId {
		t.Errorf("after a nack: message %q with ack id %q, was %q with %q",
			second.Message.MessageId, second.AckId, first.Message.MessageId, first.AckId)
	}
	c.ack(sub, second)
	c.empty(sub)
}

// A topic's messages go to each of its subscriptions, from when it exists.
func TestContractFanOut(t *testing.T) {
	c := contractClients(t)
	c.createTopic("topic")
	a, b := c.subscribe("sub-a", nil), c.subscribe("sub-b", nil)
	c.publish(text("x"))
	late := c.subscribe("sub-late", nil)
	for _, sub := range []string{a, b} {
		if got := string(c.pull(sub, 1)[0].Message.Data); got != "x" {
			t.Errorf("%s got %q", sub, got)
		}
	}
	c.empty(late)
}

func TestContractStreamingPull(t *testing.T) {
	c := contractClients(t)
	c.createTopic("topic")
	sub := c.subscribe("sub", nil)
	const n = 500
	publisher := c.Publisher("topic")
	want := map[string]bool{}
	var results []*client.PublishResult
	for i := range n {
		data := fmt.Sprintf("message %d", i)
		want[data] = true
		results = append(results, publisher.Publish(c.ctx(), &client.Message{Data: []byte(data)}))
	}
	publisher.Stop()
	for _, r := range results {
		if _, err := r.Get(c.ctx()); err != nil {
			t.Fatal(err)
		}
	}
	var mu sync.Mutex
	got := map[string]bool{}
	ctx, cancel := context.WithCancel(c.ctx())
	defer cancel()
	err := c.Subscriber(sub).Receive(ctx, func(_ context.Context, m *client.Message) {
		mu.Lock()
		defer mu.Unlock()
		if len(got)%10 == 3 && !got["nacked "+m.ID] { // some messages come twice
			got["nacked "+m.ID] = true
			m.Nack()
			return
		}
		got[string(m.Data)] = true
		m.Ack()
		missing := 0
		for k := range want {
			if !got[k] {
				missing++
			}
		}
		if missing == 0 {
			cancel()
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	for k := range got {
		if !want[k] {
			delete(got, k)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("messages (-want +got):\n%s", diff)
	}
	c.empty(sub)
}

func TestContractOrdering(t *testing.T) {
	c := contractClients(t)
	c.createTopic("topic")
	sub := c.subscribe("sub", func(s *pubsubpb.Subscription) { s.EnableMessageOrdering = true })
	want := map[string][]string{}
	for i := range 60 {
		key, data := fmt.Sprintf("key %d", i%3), fmt.Sprintf("message %d", i)
		want[key] = append(want[key], data)
		c.publish(&pubsubpb.PubsubMessage{Data: []byte(data), OrderingKey: key})
	}
	got := map[string][]string{}
	for n := 0; n < 60; {
		for _, m := range c.pull(sub, 1) {
			got[m.Message.OrderingKey] = append(got[m.Message.OrderingKey], string(m.Message.Data))
			c.ack(sub, m)
			n++
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("messages by key (-want +got):\n%s", diff)
	}
}

// Google's emulator ignores filters.
func TestFilter(t *testing.T) {
	c := newClients(t)
	c.createTopic("topic")
	sub := c.subscribe("sub", func(s *pubsubpb.Subscription) { s.Filter = `attributes.kind = "vote" AND NOT attributes:test` })
	for _, a := range []map[string]string{{"kind": "voter"}, {"kind": "vote", "test": ""}, {"kind": "vote", "n": "3"}} {
		c.publish(&pubsubpb.PubsubMessage{Data: []byte("x"), Attributes: a})
	}
	m := c.pull(sub, 1)[0]
	if m.Message.Attributes["n"] != "3" {
		t.Errorf("got %v", m.Message.Attributes)
	}
	c.ack(sub, m)
	c.empty(sub)
}

// Google's emulator counts attempts but forwards no dead letters.
func TestPullDeadLetter(t *testing.T) {
	c := newClients(t)
	c.createTopic("topic")
	dead := c.createTopic("dead-letters")
	sub := c.subscribe("sub", func(s *pubsubpb.Subscription) {
		s.DeadLetterPolicy = &pubsubpb.DeadLetterPolicy{DeadLetterTopic: dead, MaxDeliveryAttempts: 5}
		s.RetryPolicy = &pubsubpb.RetryPolicy{MinimumBackoff: durationpb.New(0), MaximumBackoff: durationpb.New(0)}
	})
	letters := c.subscribe("letters", func(s *pubsubpb.Subscription) { s.Topic = dead })
	id := c.publish(&pubsubpb.PubsubMessage{Data: []byte("poison"), Attributes: map[string]string{"a": "1"}})[0]
	for attempt := range 5 {
		m := c.pull(sub, 1)[0]
		if m.Message.MessageId != id || m.DeliveryAttempt != int32(attempt+1) {
			t.Errorf("message %s, attempt %d, want %s, %d", m.Message.MessageId, m.DeliveryAttempt, id, attempt+1)
		}
		c.nack(sub, m)
	}
	letter := c.pull(letters, 1)[0].Message
	if string(letter.Data) != "poison" || letter.Attributes["a"] != "1" {
		t.Errorf("dead letter %v", letter)
	}
	c.empty(sub)
}

func TestContractSeekToNow(t *testing.T) {
	c := contractClients(t)
	c.createTopic("topic")
	sub := c.subscribe("sub", nil)
	c.publish(text("old"))
	_, err := c.sub.Seek(c.ctx(), &pubsubpb.SeekRequest{Subscription: sub,
		Target: &pubsubpb.SeekRequest_Time{Time: timestamppb.New(time.Now().Add(time.Second))}})
	if err != nil {
		t.Fatal(err)
	}
	c.empty(sub)
}

func TestContractErrors(t *testing.T) {
	c := contractClients(t)
	topic := c.createTopic("topic")
	sub := c.subscribe("sub", nil)
	ctx := c.ctx()
	for _, test := range []struct {
		name string
		call func() error
		want codes.Code
	}{
		{"topic exists", func() error {
			_, err := c.pub.CreateTopic(ctx, &pubsubpb.Topic{Name: topic})
			return err
		}, codes.AlreadyExists},
		{"topic name", func() error {
			_, err := c.pub.CreateTopic(ctx, &pubsubpb.Topic{Name: "bad"})
			return err
		}, codes.InvalidArgument},
		{"short topic name", func() error {
			_, err := c.pub.CreateTopic(ctx, &pubsubpb.Topic{Name: c.topicName("x")})
			return err
		}, codes.InvalidArgument},
		{"no topic", func() error {
			_, err := c.pub.GetTopic(ctx, &pubsubpb.GetTopicRequest{Topic: c.topicName("none")})
			return err
		}, codes.NotFound},
		{"publish to no topic", func() error {
			_, err := c.pub.Publish(ctx, &pubsubpb.PublishRequest{Topic: c.topicName("none"), Messages: []*pubsubpb.PubsubMessage{text("x")}})
			return err
		}, codes.NotFound},
		{"empty message", func() error {
			_, err := c.pub.Publish(ctx, &pubsubpb.PublishRequest{Topic: topic, Messages: []*pubsubpb.PubsubMessage{{}}})
			return err
		}, codes.InvalidArgument},
		{"subscription exists", func() error {
			_, err := c.sub.CreateSubscription(ctx, &pubsubpb.Subscription{Name: sub, Topic: topic})
			return err
		}, codes.AlreadyExists},
		{"subscription to no topic", func() error {
			_, err := c.sub.CreateSubscription(ctx, &pubsubpb.Subscription{Name: c.subName("other"), Topic: c.topicName("none")})
			return err
		}, codes.NotFound},
		{"pull from none", func() error {
			_, err := c.sub.Pull(ctx, &pubsubpb.PullRequest{Subscription: c.subName("none"), MaxMessages: 1})
			return err
		}, codes.NotFound},
		{"delete none", func() error {
			_, err := c.sub.DeleteSubscription(ctx, &pubsubpb.DeleteSubscriptionRequest{Subscription: c.subName("none")})
			return err
		}, codes.NotFound},
		{"update without a mask", func() error {
			_, err := c.sub.UpdateSubscription(ctx, &pubsubpb.UpdateSubscriptionRequest{Subscription: &pubsubpb.Subscription{Name: sub}})
			return err
		}, codes.InvalidArgument},
		{"update an unknown field", func() error {
			_, err := c.sub.UpdateSubscription(ctx, &pubsubpb.UpdateSubscriptionRequest{Subscription: &pubsubpb.Subscription{Name: sub},
				UpdateMask: &fieldmaskpb.FieldMask{Paths: []string{"nonsense"}}})
			return err
		}, codes.InvalidArgument},
	} {
		t.Run(test.name, func(t *testing.T) {
			if err := test.call(); status.Code(err) != test.want {
				t.Errorf("%v, want %v", err, test.want)
			}
		})
	}
}
