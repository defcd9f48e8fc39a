package apachekafka

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tallystream/tallystream/emulator/buffer"
	"github.com/tallystream/tallystream/functions/bridge"
	"github.com/tallystream/tallystream/shared/drain"
	"github.com/tallystream/tallystream/shared/endpoint"
	"github.com/tallystream/tallystream/shared/logends"
	"github.com/tallystream/tallystream/shared/recordbatch"
)

// record is a record that the bridge published.
type record struct {
	topic     string
	topicID   string
	partition int32
	offset    int64
	follows   int64
	timestamp int64
	value     string
	size      int64
}

// carrier takes the part of Pub/Sub: it keeps what the bridge publishes.
type carrier struct {
	// before, if set, is called before a message is taken, and may refuse it.
	before func(ctx context.Context) error

	mu      sync.Mutex
	records []record
	reports []logends.Partition
}

func (c *carrier) Publish(ctx context.Context, data []byte, attributes map[string]string) error {
	if c.before != nil {
		if err := c.before(ctx); err != nil {
			return err
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if logends.Is(attributes) {
		r, err := logends.Decode(data, attributes)
		if err == nil {
			c.reports = append(c.reports, r.Partitions...)
		}
		return err
	}
	b, err := recordbatch.Decode(data, attributes)
	if err != nil {
		return err
	}
	follows := b.Follows
	for _, r := range b.Records {
		c.records = append(c.records, record{
			topic: b.Topic, topicID: b.TopicID, partition: b.Partition, offset: r.Offset, follows: follows,
			timestamp: r.Timestamp, value: string(r.Value), size: r.Size,
		})
		follows = r.Offset
	}
	return nil
}

// distinct are the records that were published, one of each identity, in the order
// of their offsets. Two of one identity have to be the same record.
func (c *carrier) distinct(t testing.TB, topic string) []record {
	t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	type identity struct {
		id        string
		partition int32
		offset    int64
	}
	seen := map[identity]record{}
	for _, r := range c.records {
		if r.topic != topic {
			continue
		}
		at := identity{r.topicID, r.partition, r.offset}
		if first, ok := seen[at]; ok && first.value != r.value {
			t.Errorf("%v is the identity of %.40q and of %.40q", at, first.value, r.value)
		}
		seen[at] = r
	}
	var all []record
	for _, r := range seen {
		all = append(all, r)
	}
	slices.SortFunc(all, func(a, b record) int {
		return int(a.partition-b.partition)<<32 + int(a.offset-b.offset)<<8 + strings.Compare(a.topicID, b.topicID)
	})
	return all
}

// values are those of the distinct records.
func (c *carrier) values(t testing.TB, topic string) []string {
	t.Helper()
	var list []string
	for _, r := range c.distinct(t, topic) {
		list = append(list, r.value)
	}
	return list
}

// await waits until so many values of a topic were published. came tells of each message.
func (c *carrier) await(t testing.TB, topic string, n int, came <-chan struct{}) {
	t.Helper()
	for late := time.After(patience); ; {
		list := c.values(t, topic)
		if len(list) >= n {
			return
		}
		select {
		case <-came:
		case <-late:
			t.Fatalf("%d of %d values of %s were published within %v: %v", len(list), n, topic, patience, list)
		}
	}
}

// has compares the values that were published with those wanted, in any order.
func (c *carrier) has(t testing.TB, topic string, want ...string) {
	t.Helper()
	got := c.values(t, topic)
	slices.Sort(got)
	want = slices.Sorted(slices.Values(want))
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s carried (-want +got):\n%.2000s", topic, diff)
	}
}

// chained checks that each record names the offset of the one before it in its
// partition. The aggregation can't settle them otherwise.
func (c *carrier) chained(t testing.TB, topic string) {
	t.Helper()
	last := map[string]int64{}
	for _, r := range c.distinct(t, topic) {
		at := fmt.Sprintf("%s[%d] of %s", r.topic, r.partition, r.topicID)
		before, ok := last[at]
		if !ok {
			before = -1
		}
		if r.follows != before {
			t.Errorf("%s: offset %d follows %d, want %d", at, r.offset, r.follows, before)
		}
		last[at] = r.offset
	}
}

// testBridge reads a cluster and publishes to a carrier.
type testBridge struct {
	*carrier
	config bridge.Config
	log    *buffer.Buffer
}

// bridge returns a bridge that reads a topic by the cluster's plain listener.
func (c *cluster) bridge(topics ...string) *testBridge {
	return &testBridge{carrier: &carrier{}, log: &buffer.Buffer{}, config: bridge.Config{
		Kafka:          endpoint.Kafka{Brokers: c.brokers("PLAIN")},
		Topics:         topics,
		Group:          "bridge-" + topics[0],
		Drain:          time.Minute,
		Linger:         5 * time.Millisecond,
		BatchRecords:   1000,
		BatchBytes:     1 << 20,
		InflightBytes:  8 << 20,
		ReportInterval: time.Hour,
	}}
}

// lines are what the bridge has logged.
func (w *testBridge) lines() []string { return strings.Split(strings.TrimSpace(w.log.String()), "\n") }

// drain runs one drain.
func (w *testBridge) drain(ctx context.Context, t testing.TB, r drain.BridgeRequest) drain.BridgeSummary {
	t.Helper()
	b := bridge.NewWith(w.config, w.carrier, slog.New(slog.NewTextHandler(w.log, nil)))
	s := b.Drain(ctx, r)
	if err := b.Close(context.WithoutCancel(ctx)); err != nil {
		t.Error(err)
	}
	return s
}

var catchUp = drain.BridgeRequest{Shards: 1, Request: drain.Request{Until: drain.CaughtUp}}

// catchUp drains until nothing is left, and fails on a warning.
func (w *testBridge) catchUp(t testing.TB) {
	t.Helper()
	s := w.drain(t.Context(), t, catchUp)
	if len(s.Errors)+len(s.Warnings) > 0 || !s.CaughtUp || s.Lag != 0 {
		t.Errorf("summary = %+v", s)
	}
}

// says checks that a list has one sentence, and that it has all parts.
func says(t testing.TB, sentences []string, parts ...string) {
	t.Helper()
	if len(sentences) != 1 {
		t.Errorf("%d sentences, want one with %q: %q", len(sentences), parts, sentences)
		return
	}
	for _, part := range parts {
		if !strings.Contains(sentences[0], part) {
			t.Errorf("%q isn't in %q", part, sentences[0])
		}
	}
}

// topic creates a topic.
func (c *cluster) topic(t testing.TB, name string, partitions int32, settings map[string]string) {
	t.Helper()
	configs := map[string]*string{}
	for k, v := range settings {
		configs[k] = &v
	}
	if _, err := c.admin.CreateTopic(t.Context(), partitions, int16(min(3, len(c.nodes))), configs, name); err != nil {
		t.Fatal(err)
	}
	c.until(t.Context(), name+" has leaders", func() error {
		m, err := c.admin.ListTopics(t.Context(), name)
		if err != nil {
			return err
		}
		if len(m[name].Partitions) != int(partitions) {
			return fmt.Errorf("%d partitions", len(m[name].Partitions))
		}
		for _, p := range m[name].Partitions {
			if p.Err != nil || p.Leader < 0 {
				return fmt.Errorf("partition %d: leader %d, %v", p.Partition, p.Leader, p.Err)
			}
		}
		return nil
	})
}

// write writes values to a partition, each in a batch of its own.
func (c *cluster) write(t testing.TB, topic string, partition int32, values ...string) {
	t.Helper()
	client := c.client()
	defer client.Close()
	for _, v := range values {
		if err := client.ProduceSync(t.Context(), &kgo.Record{Topic: topic, Partition: partition, Value: []byte(v)}).FirstErr(); err != nil {
			t.Fatal(err)
		}
	}
}

// numbered are n values with a prefix.
func numbered(prefix string, n int) []string {
	list := make([]string, n)
	for i := range list {
		list[i] = fmt.Sprint(prefix, i)
	}
	return list
}
