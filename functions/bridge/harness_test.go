package bridge

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tallystream/tallystream/functions/bridge/kafkalog"
	"github.com/tallystream/tallystream/shared/drain"
	"github.com/tallystream/tallystream/shared/endpoint"
	"github.com/tallystream/tallystream/shared/kafka"
	"github.com/tallystream/tallystream/shared/logends"
	"github.com/tallystream/tallystream/shared/recordbatch"
)

// broker is a Kafka broker of the test's own.
type broker struct {
	*kfake.Cluster
	t     testing.TB
	admin *kadm.Client
}

func startBroker(t testing.TB, opts ...kfake.Opt) *broker {
	t.Helper()
	cluster, err := kfake.NewCluster(append([]kfake.Opt{kfake.NumBrokers(1)}, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cluster.Close)
	b := &broker{Cluster: cluster, t: t}
	b.admin = kadm.NewClient(b.client())
	return b
}

func (b *broker) client(opts ...kgo.Opt) *kgo.Client {
	b.t.Helper()
	client, err := kgo.NewClient(append([]kgo.Opt{
		kgo.SeedBrokers(b.ListenAddrs()...),
		kgo.RecordPartitioner(kgo.ManualPartitioner()),
	}, opts...)...)
	if err != nil {
		b.t.Fatal(err)
	}
	b.t.Cleanup(client.Close)
	return client
}

// produce writes n records to a partition. The value of each has the number of the partition
// and its own.
func (b *broker) produce(topic string, partition int32, n int) {
	b.t.Helper()
	records := make([]*kgo.Record, n)
	for i := range records {
		records[i] = &kgo.Record{Topic: topic, Partition: partition, Value: fmt.Appendf(nil, "%s-%d-%d", topic, partition, i)}
	}
	b.write(records...)
}

func (b *broker) write(records ...*kgo.Record) {
	b.t.Helper()
	client := b.client()
	defer client.Close()
	if err := client.ProduceSync(b.t.Context(), records...).FirstErr(); err != nil {
		b.t.Fatal(err)
	}
}

// committed returns the group's offsets.
func (b *broker) committed() map[kafka.TopicPartition]kafkalog.Mark {
	b.t.Helper()
	commits, err := kafkalog.Group{Admin: b.admin, Name: "tallystream"}.Fetch(b.t.Context())
	if err != nil {
		b.t.Fatal(err)
	}
	marks := map[kafka.TopicPartition]kafkalog.Mark{}
	for p, c := range commits {
		marks[p] = kafkalog.Mark{Next: c.Next, Follows: c.Follows}
	}
	return marks
}

func (b *broker) config() Config {
	return Config{
		Kafka:         endpoint.Kafka{Brokers: b.ListenAddrs()},
		Connect:       kafkaTimeout,
		Topics:        []string{"voters", "votes"},
		Group:         "tallystream",
		Drain:         30 * time.Second,
		Linger:        5 * time.Millisecond,
		BatchRecords:  100,
		BatchBytes:    1 << 20,
		InflightBytes: 8 << 20,

		ReportInterval: time.Hour, // at the beginning and the end of a drain
	}
}

func (b *broker) bridge(p Publisher, change ...func(*Config)) *Bridge {
	c := b.config()
	for _, f := range change {
		f(&c)
	}
	bridge := NewWith(c, p, slog.New(slog.NewTextHandler(io.Discard, nil)))
	b.t.Cleanup(func() {
		if err := bridge.Close(context.Background()); err != nil {
			b.t.Error(err)
		}
	})
	return bridge
}

var catchUp = drain.BridgeRequest{Shards: 1, Request: drain.Request{Until: drain.CaughtUp}}

// topic is a Pub/Sub topic in memory, which decodes what it is given.
type topic struct {
	// before, if set, is asked before a message is taken.
	before func(ctx context.Context, b *recordbatch.Batch) error

	mu      sync.Mutex
	batches []*recordbatch.Batch
	sizes   []int
	reports []*logends.Report
}

func (p *topic) Publish(ctx context.Context, data []byte, attributes map[string]string) error {
	if logends.Is(attributes) {
		r, err := logends.Decode(data, attributes)
		if err != nil {
			return err
		}
		p.mu.Lock()
		defer p.mu.Unlock()
		p.reports = append(p.reports, r)
		return nil
	}
	b, err := recordbatch.Decode(data, attributes)
	if err != nil {
		return err
	}
	if p.before != nil {
		if err := p.before(ctx, b); err != nil {
			return err
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.batches = append(p.batches, b)
	p.sizes = append(p.sizes, len(data))
	return nil
}

// offsets returns the offsets that arrived, sorted. One that arrived twice is there twice.
func (p *topic) offsets() map[kafka.TopicPartition][]int64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	got := map[kafka.TopicPartition][]int64{}
	for _, b := range p.batches {
		at := kafka.TopicPartition{Topic: b.Topic, Partition: b.Partition}
		for _, r := range b.Records {
			got[at] = append(got[at], r.Offset)
		}
	}
	for _, list := range got {
		slices.Sort(list)
	}
	return got
}

// once is offsets without repetitions.
func (p *topic) once() map[kafka.TopicPartition][]int64 {
	got := p.offsets()
	for at, list := range got {
		got[at] = slices.Compact(list)
	}
	return got
}

// records returns one partition's records by offset, and what each follows.
func (p *topic) records(at kafka.TopicPartition) (records []recordbatch.Record, follows []int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	batches := slices.Clone(p.batches)
	slices.SortFunc(batches, func(a, b *recordbatch.Batch) int { return int(a.Records[0].Offset - b.Records[0].Offset) })
	for _, b := range batches {
		if (kafka.TopicPartition{Topic: b.Topic, Partition: b.Partition}) != at {
			continue
		}
		previous := b.Follows
		for _, r := range b.Records {
			records, follows = append(records, r), append(follows, previous)
			previous = r.Offset
		}
	}
	return records, follows
}

// upTo lists the offsets below n.
func upTo(n int) []int64 {
	list := make([]int64, n)
	for i := range list {
		list[i] = int64(i)
	}
	return list
}

func clean(t *testing.T, s drain.BridgeSummary) {
	t.Helper()
	if len(s.Errors)+len(s.Warnings) > 0 {
		t.Errorf("errors %q, warnings %q", s.Errors, s.Warnings)
	}
}

func same(t *testing.T, what string, want, got any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// publisherFunc is called for each message with records, and takes every one.
type publisherFunc func()

func (f publisherFunc) Publish(_ context.Context, _ []byte, attributes map[string]string) error {
	if !logends.Is(attributes) {
		f()
	}
	return nil
}
