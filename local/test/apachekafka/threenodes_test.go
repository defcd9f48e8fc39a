package apachekafka

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tallystream/tallystream/shared/drain"
	"github.com/tallystream/tallystream/shared/endpoint"
)

// leader is the node that leads a partition.
func (c *cluster) leader(t testing.TB, topic string, partition int32) *node {
	t.Helper()
	m, err := c.admin.ListTopics(t.Context(), topic)
	if err != nil {
		t.Fatal(err)
	}
	return c.nodes[m[topic].Partitions[partition].Leader-1]
}

// fill writes values to all of a topic's partitions in turn. All must be
// acknowledged by every replica.
func (c *cluster) fill(t testing.TB, topic string, partitions int, values []string) {
	t.Helper()
	client := c.client(kgo.ProducerLinger(time.Millisecond), kgo.RecordDeliveryTimeout(patience),
		kgo.RequestTimeoutOverhead(3*time.Second), kgo.ProduceRequestTimeout(3*time.Second))
	defer client.Close()
	var records []*kgo.Record
	for i, v := range values {
		records = append(records, &kgo.Record{Topic: topic, Partition: int32(i % partitions), Value: []byte(v)})
	}
	if err := client.ProduceSync(t.Context(), records...).FirstErr(); err != nil {
		t.Error(err)
	}
}

// Of three nodes with three replicas one is killed and started again while drains
// and producers go on. Every record that was acknowledged is published once, and
// names the record before it.
func TestBrokerKilled(t *testing.T) {
	t.Parallel()
	const partitions = 6
	c := start(t, 3, map[string]string{"min.insync.replicas": "2"}, nil)
	c.topic(t, "votes", partitions, nil)
	w := c.bridge("votes")
	var want []string
	write := func(prefix string, n int) {
		values := numbered(prefix, n)
		want = append(want, values...)
		c.fill(t, "votes", partitions, values)
	}
	write("before-", 3000)

	// The broker is killed after some messages, in the middle of the drain.
	victim := c.leader(t, "votes", 0)
	var messages atomic.Int64
	dead := make(chan struct{})
	w.config.BatchRecords = 50
	w.before = func(context.Context) error {
		if messages.Add(1) == 10 {
			victim.kill()
			close(dead)
		}
		return nil
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	done := make(chan drain.BridgeSummary, 1)
	go func() { done <- w.drain(ctx, t, catchUp) }()
	<-dead
	write("meanwhile-", 1000)
	<-done // what it missed, the next ones have

	c.until(ctx, "drains have caught up with two brokers", w.caughtUp(ctx, t))
	w.has(t, "votes", want...)

	victim.start(t)
	c.await(3)
	write("after-", 1000)
	c.until(ctx, "drains have caught up with three brokers", w.caughtUp(ctx, t))
	w.has(t, "votes", want...)
	w.chained(t, "votes")
	for _, r := range w.distinct(t, "votes") {
		if strings.Contains(r.topicID, "/") {
			t.Fatalf("no record was lost, and %+v is of another incarnation", r)
		}
	}
}

// caughtUp returns a function that drains, and fails until nothing is left.
func (w *testBridge) caughtUp(ctx context.Context, t testing.TB) func() error {
	return func() error {
		if s := w.drain(ctx, t, catchUp); !s.CaughtUp || s.Lag != 0 {
			return fmt.Errorf("%+v", s)
		}
		return nil
	}
}

// A broker hangs: it answers nothing. The others take over, and drains go on with
// them. When it goes on, nothing is missing.
func TestBrokerFrozen(t *testing.T) {
	t.Parallel()
	const partitions = 6
	c := start(t, 3, map[string]string{"min.insync.replicas": "2"}, nil)
	c.topic(t, "votes", partitions, nil)
	w := c.bridge("votes")
	want := numbered("before-", 500)
	c.fill(t, "votes", partitions, want)
	w.catchUp(t)
	victim := c.leader(t, "votes", 1)
	victim.freeze(t)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	more := numbered("meanwhile-", 500)
	c.fill(t, "votes", partitions, more)
	want = append(want, more...)
	c.until(ctx, "drains have caught up beside a frozen broker", w.caughtUp(ctx, t))
	w.has(t, "votes", want...)
	victim.process.Resume()
	c.await(3)
	more = numbered("after-", 500)
	c.fill(t, "votes", partitions, more)
	c.until(ctx, "drains have caught up", w.caughtUp(ctx, t))
	w.has(t, "votes", append(want, more...)...)
	w.chained(t, "votes")
}

// The only broker hangs. One sentence says so.
func TestFrozen(t *testing.T) {
	t.Parallel()
	c := start(t, 1, nil, nil)
	c.topic(t, "votes", 1, nil)
	c.write(t, "votes", 0, "a")
	w := c.bridge("votes")
	w.catchUp(t)
	c.nodes[0].freeze(t)
	s := w.drain(t.Context(), t, catchUp)
	says(t, s.Errors, "can't be reached: no broker answers in time: KAFKA_BROKERS is "+c.nodes[0].address("PLAIN"), "one that hangs takes connections")
	if s.CaughtUp {
		t.Errorf("summary = %+v", s)
	}
	c.nodes[0].process.Resume()
	c.write(t, "votes", 0, "b")
	w.catchUp(t)
	w.has(t, "votes", "a", "b")
}

// With a round trip of 150 ms, a drain that says that it has caught up has read
// everything.
func TestFar(t *testing.T) {
	t.Parallel()
	c := start(t, 1, nil, map[string]listener{"FAR": {protocol: "PLAINTEXT", delay: 75 * time.Millisecond}})
	c.topic(t, "votes", 8, nil)
	want := numbered("vote-", 4000)
	c.fill(t, "votes", 8, want)
	w := c.bridge("votes")
	w.config.Kafka = endpoint.Kafka{Brokers: c.brokers("FAR")}
	w.catchUp(t)
	w.has(t, "votes", want...)
	w.chained(t, "votes")
}
