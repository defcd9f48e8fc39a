package bridge

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"cloud.google.com/go/pubsub/v2/apiv1/pubsubpb"
	"github.com/twmb/franz-go/pkg/kfake"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/tallystream/tallystream/functions/bridge/kafkalog"
	"github.com/tallystream/tallystream/shared/config"
	"github.com/tallystream/tallystream/shared/drain"
	"github.com/tallystream/tallystream/shared/kafka"
	"github.com/tallystream/tallystream/shared/logging"
)

// pubSub is the part of Pub/Sub's gRPC service that the bridge uses.
type pubSub struct {
	pubsubpb.UnimplementedPublisherServer
	topic   // what was published to kafka-records
	address string
	missing bool  // whether the topic doesn't exist
	refuse  error // answer to every publish, if set
}

func startPubSub(t *testing.T, change func(*pubSub)) *pubSub {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &pubSub{address: l.Addr().String()}
	change(p)
	server := grpc.NewServer()
	pubsubpb.RegisterPublisherServer(server, p)
	go func() { _ = server.Serve(l) }() // ends with Stop
	t.Cleanup(server.Stop)
	return p
}

func (p *pubSub) Publish(ctx context.Context, r *pubsubpb.PublishRequest) (*pubsubpb.PublishResponse, error) {
	if p.missing || r.Topic != "projects/p/topics/kafka-records" {
		return nil, status.Error(codes.NotFound, "Requested entity was not found.")
	}
	if p.refuse != nil {
		return nil, p.refuse
	}
	response := &pubsubpb.PublishResponse{}
	for _, m := range r.Messages {
		if err := p.topic.Publish(ctx, m.Data, m.Attributes); err != nil {
			return nil, status.Error(codes.InvalidArgument, err.Error())
		}
		response.MessageIds = append(response.MessageIds, "1")
	}
	return response, nil
}

// settings is an environment with a broker and a Pub/Sub of the test's own.
func settings(b *broker, p *pubSub) map[string]string {
	return map[string]string{
		"GOOGLE_CLOUD_PROJECT": "p",
		"PUBSUB_EMULATOR_HOST": p.address,
		"KAFKA_BROKERS":        strings.Join(b.ListenAddrs(), ","),
		"LINGER_MS":            "1",
	}
}

func serve(t *testing.T, env map[string]string) *Bridge {
	t.Helper()
	c, err := ConfigFrom(config.FromMap(env))
	if err != nil {
		t.Fatal(err)
	}
	b, err := New(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := b.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return b
}

func post(t *testing.T, h http.Handler, body string) (int, drain.BridgeSummary) {
	t.Helper()
	w := httptest.NewRecorder()
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	logging.Handler("bridge", log, h).ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/", strings.NewReader(body)))
	var s drain.BridgeSummary
	if w.Code == http.StatusOK || w.Code == http.StatusInternalServerError {
		if err := json.Unmarshal(w.Body.Bytes(), &s); err != nil {
			t.Fatalf("answer %q: %v", w.Body, err)
		}
	}
	return w.Code, s
}

// From configuration to messages at Pub/Sub.
func TestPubSub(t *testing.T) {
	b := startBroker(t, kfake.SeedTopics(2, "votes"), kfake.SeedTopics(1, "voters"))
	server := startPubSub(t, func(*pubSub) {})
	b.produce("votes", 0, 6000)
	b.produce("votes", 1, 10)
	bridge := serve(t, settings(b, server))
	code, s := post(t, bridge, `{"until":"caught_up"}`)
	clean(t, s)
	if code != http.StatusOK || s.Records != 6010 || !s.CaughtUp {
		t.Errorf("answer = %d %+v", code, s)
	}
	same(t, "offsets", map[kafka.TopicPartition][]int64{{Topic: "votes", Partition: 0}: upTo(6000), {Topic: "votes", Partition: 1}: upTo(10)}, server.offsets())
}

func TestPubSubTopicMissing(t *testing.T) {
	b := startBroker(t, kfake.SeedTopics(1, "votes"), kfake.SeedTopics(1, "voters"))
	b.produce("votes", 0, 1)
	code, s := post(t, serve(t, settings(b, startPubSub(t, func(p *pubSub) { p.missing = true }))), `{"until":"caught_up"}`)
	if code != http.StatusInternalServerError || len(s.Errors) != 1 || !strings.Contains(s.Errors[0], "kafka-records doesn't exist: create it") {
		t.Errorf("answer = %d %+v", code, s)
	}
	same(t, "committed", kafkalog.Mark{Next: 0, Follows: -1}, b.committed()[kafka.TopicPartition{Topic: "votes", Partition: 0}])
}

func TestPubSubRefuses(t *testing.T) {
	b := startBroker(t, kfake.SeedTopics(1, "votes"), kfake.SeedTopics(1, "voters"))
	b.produce("votes", 0, 1)
	server := startPubSub(t, func(p *pubSub) { p.refuse = status.Error(codes.PermissionDenied, "not you") })
	code, s := post(t, serve(t, settings(b, server)), `{"until":"caught_up"}`)
	if code != http.StatusInternalServerError || len(s.Errors) != 1 || !strings.Contains(s.Errors[0], "not you") {
		t.Errorf("answer = %d %+v", code, s)
	}
}

// Closing the bridge ends a drain under way: what it has read is published and
// committed, whether or not the linger is over.
func TestClose(t *testing.T) {
	b := startBroker(t, kfake.SeedTopics(1, "votes"), kfake.SeedTopics(1, "voters"))
	arrived := make(chan struct{}, 10)
	bridge := b.bridge(publisherFunc(func() { arrived <- struct{}{} }), func(c *Config) {
		c.BatchRecords, c.Linger = 5, time.Minute
	})
	b.produce("votes", 0, 7)
	done := make(chan drain.BridgeSummary)
	go func() {
		done <- bridge.Drain(t.Context(), drain.BridgeRequest{Shards: 1, Request: drain.Request{Until: drain.Deadline, Seconds: 600}})
	}()
	<-arrived
	if err := bridge.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if s := <-done; s.Records != 7 {
		t.Errorf("summary = %+v", s)
	}
	same(t, "committed", kafkalog.Mark{Next: 7, Follows: 6}, b.committed()[kafka.TopicPartition{Topic: "votes", Partition: 0}])
	if code, _ := post(t, bridge, ``); code != http.StatusServiceUnavailable {
		t.Errorf("a drain after it: answer %d", code)
	}
}

func TestRequests(t *testing.T) {
	b := startBroker(t, kfake.SeedTopics(1, "votes"), kfake.SeedTopics(1, "voters"))
	bridge := b.bridge(&topic{})
	for body, want := range map[string]int{
		`{"until":"caught_up"}`:                      200,
		`{"until":"caught_up","shard":1,"shards":2}`: 200,
		``:                       0, // drains until the deadline: see TestDeadline
		`{"until":"tomorrow"}`:   400,
		`{"shard":2,"shards":2}`: 400,
		`{"shard":-1}`:           400,
		`{"shards":0}`:           400,
		`{"seconds":-1}`:         400,
		`{"seconds":1e9}`:        400,
		`{"shardz":1}`:           400,
		`drain!`:                 400,
		`{"until":"` + strings.Repeat("x", 1_000_000) + `"}`: 413,
	} {
		if want == 0 {
			continue
		}
		if code, _ := post(t, bridge, body); code != want {
			t.Errorf("POST %.60s = %d, want %d", body, code, want)
		}
	}

	w := httptest.NewRecorder()
	bridge.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil))
	if w.Code != http.StatusMethodNotAllowed {
		t.Errorf("GET = %d", w.Code)
	}
}
