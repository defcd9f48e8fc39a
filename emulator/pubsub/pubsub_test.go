package pubsub_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	client "cloud.google.com/go/pubsub/v2"
	"cloud.google.com/go/pubsub/v2/apiv1/pubsubpb"
	"github.com/tallystream/tallystream/emulator/pubsub"
	"google.golang.org/api/option"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
)

// patience bounds what a test waits for; nothing in a passing run comes near.
const patience = 5 * time.Minute // a moment, on an idle machine

// server starts a server that ends with the test.
func server(t testing.TB, o pubsub.Options) *pubsub.Server {
	t.Helper()
	s, err := pubsub.Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// clients are API clients of one project on a server.
type clients struct {
	testing.TB
	*client.Client
	pub     pubsubpb.PublisherClient
	sub     pubsubpb.SubscriberClient
	schemas pubsubpb.SchemaServiceClient
	project string
}

func connect(t testing.TB, addr string) clients {
	t.Helper()
	conn, err := grpc.NewClient(addr, grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(64<<20)))
	if err != nil {
		t.Fatal(err)
	}
	project := strings.ToLower(strings.NewReplacer("/", "-", "_", "-", "#", "").Replace(t.Name()))
	c, err := client.NewClient(t.Context(), project, option.WithGRPCConn(conn))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close(); _ = conn.Close() })
	return clients{t, c, pubsubpb.NewPublisherClient(conn), pubsubpb.NewSubscriberClient(conn), pubsubpb.NewSchemaServiceClient(conn), "projects/" + project}
}

func newClients(t testing.TB) clients { return connect(t, server(t, pubsub.Options{}).Addr()) }

// contractClients are of the server that PUBSUB_EMULATOR_HOST names, so that the
// same tests can be run against Google's emulator, or else on ours.
func contractClients(t *testing.T) clients {
	if host := os.Getenv("PUBSUB_EMULATOR_HOST"); host != "" {
		c := connect(t, host)
		t.Cleanup(c.deleteAll) // so that the tests can be run again
		return c
	}
	return newClients(t)
}

// deleteAll deletes what the test created.
func (c clients) deleteAll() {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	subs, err := c.sub.ListSubscriptions(ctx, &pubsubpb.ListSubscriptionsRequest{Project: c.project})
	if err != nil {
		c.Error(err)
	}
	for _, s := range subs.GetSubscriptions() {
		if _, err := c.sub.DeleteSubscription(ctx, &pubsubpb.DeleteSubscriptionRequest{Subscription: s.Name}); err != nil {
			c.Error(err)
		}
	}
	topics, err := c.pub.ListTopics(ctx, &pubsubpb.ListTopicsRequest{Project: c.project})
	if err != nil {
		c.Error(err)
	}
	for _, t := range topics.GetTopics() {
		if _, err := c.pub.DeleteTopic(ctx, &pubsubpb.DeleteTopicRequest{Topic: t.Name}); err != nil {
			c.Error(err)
		}
	}
}

func (c clients) ctx() context.Context {
	ctx, cancel := context.WithTimeout(c.Context(), patience)
	c.Cleanup(cancel)
	return ctx
}

func (c clients) topicName(id string) string { return c.project + "/topics/" + id }
func (c clients) subName(id string) string   { return c.project + "/subscriptions/" + id }

func (c clients) createTopic(id string) string {
	c.Helper()
	t, err := c.pub.CreateTopic(c.ctx(), &pubsubpb.Topic{Name: c.topicName(id)})
	if err != nil {
		c.Fatal(err)
	}
	return t.Name
}

// subscribe creates a subscription to topic "topic", as change leaves it.
func (c clients) subscribe(id string, change func(*pubsubpb.Subscription)) string {
	c.Helper()
	s := &pubsubpb.Subscription{Name: c.subName(id), Topic: c.topicName("topic")}
	if change != nil {
		change(s)
	}
	if _, err := c.sub.CreateSubscription(c.ctx(), s); err != nil {
		c.Fatal(err)
	}
	return s.Name
}

func (c clients) subscribePush(id, endpoint string, change func(*pubsubpb.Subscription)) string {
	c.Helper()
	return c.subscribe(id, func(s *pubsubpb.Subscription) {
		s.PushConfig = &pubsubpb.PushConfig{PushEndpoint: endpoint}
		if change != nil {
			change(s)
		}
	})
}

// publish publishes to topic "topic".
func (c clients) publish(messages ...*pubsubpb.PubsubMessage) []string {
	c.Helper()
	r, err := c.pub.Publish(c.ctx(), &pubsubpb.PublishRequest{Topic: c.topicName("topic"), Messages: messages})
	if err != nil {
		c.Fatal(err)
	}
	return r.MessageIds
}

func text(s string) *pubsubpb.PubsubMessage { return &pubsubpb.PubsubMessage{Data: []byte(s)} }

// pull pulls until it has n messages.
func (c clients) pull(subscription string, n int) []*pubsubpb.ReceivedMessage {
	c.Helper()
	ctx := c.ctx()
	var got []*pubsubpb.ReceivedMessage
	for len(got) < n {
		r, err := c.sub.Pull(ctx, &pubsubpb.PullRequest{Subscription: subscription, MaxMessages: int32(n - len(got))})
		if err != nil {
			c.Fatalf("pull from %s, having %d of %d messages: %v", subscription, len(got), n, err)
		}
		got = append(got, r.ReceivedMessages...)
	}
	return got
}

// empty fails the test if the subscription has a message ready.
func (c clients) empty(subscription string) {
	c.Helper()
	//lint:ignore SA1019 ReturnImmediately is deprecated, and what is wanted here
	r, err := c.sub.Pull(c.ctx(), &pubsubpb.PullRequest{Subscription: subscription, MaxMessages: 10, ReturnImmediately: true})
	if err != nil {
		c.Fatal(err)
	}
	if len(r.ReceivedMessages) > 0 {
		c.Errorf("subscription %s has messages that it shouldn't have: %v", subscription, r.ReceivedMessages)
	}
}

// push is a request that an endpoint received.
type push struct {
	Header http.Header
	Body   string
}

// endpoint starts an HTTP server that passes every request on and answers with
// the status that answer gives for its body.
func endpoint(t testing.TB, answer func(body string) int) (url string, pushes <-chan push) {
	t.Helper()
	ch := make(chan push, 10_000)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Errorf("read push: %v", err)
		}
		ch <- push{r.Header, string(body)}
		w.WriteHeader(answer(string(body)))
	}))
	t.Cleanup(s.Close)
	return s.URL, ch
}

func accept(string) int { return http.StatusNoContent }

// receive waits for one value.
func receive[T any](t testing.TB, what string, ch <-chan T) T {
	t.Helper()
	select {
	case x := <-ch:
		return x
	case <-time.After(patience):
		t.Fatalf("no %s within %v", what, patience)
		panic("unreachable")
	}
}
