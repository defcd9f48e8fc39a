//go:build cgo

package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"cloud.google.com/go/pubsub/v2/apiv1/pubsubpb"
	"github.com/twmb/franz-go/pkg/kgo"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	"github.com/tallystream/tallystream/emulator/internal/loopback/loopbacktest"
)

// environment runs the command on free ports until the test ends and returns
// what it prints to export.
func environment(t *testing.T, args ...string) map[string]string {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	r, w := io.Pipe()
	ended := make(chan error, 1)
	args = append([]string{"-kafka=127.0.0.1:0", "-pubsub=127.0.0.1:0", "-bigquery=127.0.0.1:0", "-bigquery-storage=127.0.0.1:0"}, args...)
	go func() {
		err := run(ctx, args, w, io.Discard)
		w.CloseWithError(err)
		ended <- err
	}()
	t.Cleanup(func() {
		cancel()
		go io.Copy(io.Discard, r) // what it says while it stops
		if err := <-ended; err != nil {
			t.Errorf("the command ended with %v", err)
		}
	})
	late := time.AfterFunc(patience, func() { w.CloseWithError(fmt.Errorf("the command isn't ready within %v", patience)) })
	defer late.Stop()
	env := map[string]string{}
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		if export, ok := strings.CutPrefix(lines.Text(), "export "); ok {
			name, value, _ := strings.Cut(export, "=")
			env[name] = value
		}
		if strings.HasPrefix(lines.Text(), "Ctrl-C") {
			return env
		}
	}
	t.Fatalf("the output ended early: %v", lines.Err())
	return nil
}

// All that the command prints leads to an emulator that works, and what they
// keep is there when the command runs again.
func TestRun(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"first", "second"} {
		t.Run(name, func(t *testing.T) {
			env := environment(t, "-dir", dir, "-topics", "votes=2")
			ctx, cancel := context.WithTimeout(t.Context(), patience)
			defer cancel()
			tryKafka(ctx, t, env["KAFKA_BROKERS"], name == "second")
			tryPubSub(ctx, t, env["PUBSUB_EMULATOR_HOST"], env["PUBSUB_PROJECT_ID"], name == "second")
			tryBigQuery(ctx, t, env["BIGQUERY_EMULATOR_HOST"], env["GOOGLE_CLOUD_PROJECT"])
		})
	}
}

func tryKafka(ctx context.Context, t *testing.T, brokers string, again bool) {
	t.Helper()
	c, err := kgo.NewClient(kgo.SeedBrokers(brokers), kgo.ConsumeTopics("votes"), kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if !again {
		if err := c.ProduceSync(ctx, &kgo.Record{Topic: "votes", Value: []byte("a vote")}).FirstErr(); err != nil {
			t.Fatal(err)
		}
	}
	fetches := c.PollFetches(ctx)
	if err := fetches.Err(); err != nil {
		t.Fatal(err)
	}
	if r := fetches.Records(); len(r) != 1 || string(r[0].Value) != "a vote" {
		t.Errorf("Kafka returned %v", r)
	}
}

func tryPubSub(ctx context.Context, t *testing.T, host, project string, again bool) {
	t.Helper()
	conn, err := grpc.NewClient(host, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	publisher, subscriber := pubsubpb.NewPublisherClient(conn), pubsubpb.NewSubscriberClient(conn)
	topic, sub := "projects/"+project+"/topics/topic", "projects/"+project+"/subscriptions/sub"
	if !again {
		if _, err := publisher.CreateTopic(ctx, &pubsubpb.Topic{Name: topic}); err != nil {
			t.Fatal(err)
		}
		if _, err := subscriber.CreateSubscription(ctx, &pubsubpb.Subscription{Name: sub, Topic: topic}); err != nil {
			t.Fatal(err)
		}
		messages := []*pubsubpb.PubsubMessage{{Data: []byte("a message")}}
		if _, err := publisher.Publish(ctx, &pubsubpb.PublishRequest{Topic: topic, Messages: messages}); err != nil {
			t.Fatal(err)
		}
	}
	got, err := subscriber.Pull(ctx, &pubsubpb.PullRequest{Subscription: sub, MaxMessages: 1})
	if err != nil {
		t.Fatal(err)
	}
	if m := got.ReceivedMessages; len(m) != 1 || string(m[0].Message.Data) != "a message" {
		t.Errorf("Pub/Sub returned %v", m)
	}
}

func tryBigQuery(ctx context.Context, t *testing.T, host, project string) {
	t.Helper()
	answer := post(ctx, t, host+"/bigquery/v2/projects/"+project+"/queries", `{"query": "SELECT 1 + 1 AS two", "useLegacySql": false}`)
	if got, want := fmt.Sprint(answer["rows"]), "[map[f:[map[v:2]]]]"; got != want {
		t.Errorf("BigQuery answered rows %s, want %s", got, want)
	}
}

// The flag for a port that is taken is named.
func TestRunWithoutPort(t *testing.T) {
	env := environment(t)
	taken := strings.TrimPrefix(env["BIGQUERY_EMULATOR_HOST"], "http://")
	err := run(t.Context(), []string{"-kafka=off", "-pubsub=off", "-bigquery", taken, "-bigquery-storage=127.0.0.1:0"}, io.Discard, io.Discard)
	loopbacktest.Says(t, err, taken, "in use", "another port", "-bigquery")
}

// Like the cloud everything works as it does without.
func TestRunLikeTheCloud(t *testing.T) {
	env := environment(t, "-like", "cloud/100", "-seed", "3")
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	tryPubSub(ctx, t, env["PUBSUB_EMULATOR_HOST"], env["PUBSUB_PROJECT_ID"], false)
	tryBigQuery(ctx, t, env["BIGQUERY_EMULATOR_HOST"], env["GOOGLE_CLOUD_PROJECT"])
}
