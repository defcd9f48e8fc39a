package pubsub_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	client "cloud.google.com/go/pubsub/v2"
	"cloud.google.com/go/pubsub/v2/apiv1/pubsubpb"
)

// BenchmarkPush publishes 1 kB messages, 100 a request, to an endpoint that
// takes them at once.
func BenchmarkPush(b *testing.B) {
	c := newClients(b)
	c.createTopic("topic")
	var n atomic.Int64
	all := make(chan bool)
	s := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		if n.Add(1) == int64(b.N) {
			close(all)
		}
	}))
	defer s.Close()
	c.subscribePush("sub", s.URL, nil)
	b.ResetTimer()
	publishMany(c, b.N)
	<-all
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "messages/s")
}

// BenchmarkStreamingPull is the same through the client library.
func BenchmarkStreamingPull(b *testing.B) {
	c := newClients(b)
	c.createTopic("topic")
	sub := c.subscribe("sub", nil)
	var n atomic.Int64
	ctx, cancel := context.WithCancel(b.Context())
	defer cancel()
	b.ResetTimer()
	publishMany(c, b.N)
	err := c.Subscriber(sub).Receive(ctx, func(_ context.Context, m *client.Message) {
		m.Ack()
		if n.Add(1) == int64(b.N) {
			cancel()
		}
	})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "messages/s")
}

func publishMany(c clients, n int) {
	data := make([]byte, 1000)
	for n > 0 {
		var messages []*pubsubpb.PubsubMessage
		for ; n > 0 && len(messages) < 100; n-- {
			messages = append(messages, &pubsubpb.PubsubMessage{Data: data})
		}
		if _, err := c.pub.Publish(c.Context(), &pubsubpb.PublishRequest{Topic: c.topicName("topic"), Messages: messages}); err != nil {
			c.Fatal(err)
		}
	}
}

// BenchmarkPushLatency publishes one message at a time and reports how long
// after its publish call began the endpoint sees it.
func BenchmarkPushLatency(b *testing.B) {
	c := newClients(b)
	c.createTopic("topic")
	arrived := make(chan time.Time, 1)
	s := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { arrived <- time.Now() }))
	defer s.Close()
	c.subscribePush("sub", s.URL, nil)
	var took []time.Duration
	for b.Loop() {
		start := time.Now()
		c.publish(text("x")) // may return after the push has arrived
		took = append(took, (<-arrived).Sub(start))
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds()), "p50-µs")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), "p99-µs")
}
