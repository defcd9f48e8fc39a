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

// world is a server, and clients of one project on it.
type world struct {
	testing.TB
	*client.Client
	pub     pubsubpb.PublisherClient
	sub     pubsubpb.SubscriberClient
	project string
}

func connect(t testing.TB, addr string) world {
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
	return world{t, c, pubsubpb.NewPublisherClient(conn), pubsubpb.NewSubscriberClient(conn), "projects/" + project}
}

func newWorld(t testing.TB) world { return connect(t, server(t, pubsub.Options{}).Addr()) }

// contractWorld is on the server that PUBSUB_EMULATOR_HOST names, so that the
// same tests can be run against Google's emulator, or else on ours.
func contractWorld(t *testing.T) world {
	if host := os.Getenv("PUBSUB_EMULATOR_HOST"); host != "" {
		w := connect(t, host)
		t.Cleanup(w.deleteAll) // so that the tests can be run again
		return w
	}
	return newWorld(t)
}

// deleteAll deletes what the test created.
func (w world) deleteAll() {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	subs, err := w.sub.ListSubscriptions(ctx, &pubsubpb.ListSubscriptionsRequest{Project: w.project})
	if err != nil {
		w.Error(err)
	}
	for _, s := range subs.GetSubscriptions() {
		if _, err := w.sub.DeleteSubscription(ctx, &pubsubpb.DeleteSubscriptionRequest{Subscription: s.Name}); err != nil {
			w.Error(err)
		}
	}
	topics, err := w.pub.ListTopics(ctx, &pubsubpb.ListTopicsRequest{Project: w.project})
	if err != nil {
		w.Error(err)
	}
	for _, t := range topics.GetTopics() {
		if _, err := w.pub.DeleteTopic(ctx, &pubsubpb.DeleteTopicRequest{Topic: t.Name}); err != nil {
			w.Error(err)
		}
	}
}

func (w world) ctx() context.Context {
	ctx, cancel := context.WithTimeout(w.Context(), patience)
	w.Cleanup(cancel)
	return ctx
}

func (w world) topicName(id string) string { return w.project + "/topics/" + id }
func (w world) subName(id string) string   { return w.project + "/subscriptions/" + id }

func (w world) createTopic(id string) string {
	w.Helper()
	t, err := w.pub.CreateTopic(w.ctx(), &pubsubpb.Topic{Name: w.topicName(id)})
	if err != nil {
		w.Fatal(err)
	}
	return t.Name
}

// subscribe creates a subscription to topic "topic", as change leaves it.
func (w world) subscribe(id string, change func(*pubsubpb.Subscription)) string {
	w.Helper()
	s := &pubsubpb.Subscription{Name: w.subName(id), Topic: w.topicName("topic")}
	if change != nil {
		change(s)
	}
	if _, err := w.sub.CreateSubscription(w.ctx(), s); err != nil {
		w.Fatal(err)
	}
	return s.Name
}

func (w world) subscribePush(id, endpoint string, change func(*pubsubpb.Subscription)) string {
	w.Helper()
	return w.subscribe(id, func(s *pubsubpb.Subscription) {
		s.PushConfig = &pubsubpb.PushConfig{PushEndpoint: endpoint}
		if change != nil {
			change(s)
		}
	})
}

// publish publishes to topic "topic".
func (w world) publish(messages ...*pubsubpb.PubsubMessage) []string {
	w.Helper()
	r, err := w.pub.Publish(w.ctx(), &pubsubpb.PublishRequest{Topic: w.topicName("topic"), Messages: messages})
	if err != nil {
		w.Fatal(err)
	}
	return r.MessageIds
}

func text(s string) *pubsubpb.PubsubMessage { return &pubsubpb.PubsubMessage{Data: []byte(s)} }

// pull pulls until it has n messages.
func (w world) pull(subscription string, n int) []*pubsubpb.ReceivedMessage {
	w.Helper()
	ctx := w.ctx()
	var got []*pubsubpb.ReceivedMessage
	for len(got) < n {
		r, err := w.sub.Pull(ctx, &pubsubpb.PullRequest{Subscription: subscription, MaxMessages: int32(n - len(got))})
		if err != nil {
			w.Fatalf("pull from %s, having %d of %d messages: %v", subscription, len(got), n, err)
		}
		got = append(got, r.ReceivedMessages...)
	}
	return got
}

// empty fails the test if the subscription has a message ready.
func (w world) empty(subscription string) {
	w.Helper()
	//lint:ignore SA1019 ReturnImmediately is deprecated, and what is wanted here
	r, err := w.sub.Pull(w.ctx(), &pubsubpb.PullRequest{Subscription: subscription, MaxMessages: 10, ReturnImmediately: true})
	if err != nil {
		w.Fatal(err)
	}
	if len(r.ReceivedMessages) > 0 {
		w.Errorf("subscription %s has messages that it shouldn't have: %v", subscription, r.ReceivedMessages)
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
