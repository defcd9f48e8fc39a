package kafka_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/tallystream/tallystream/emulator/internal/loopback/loopbacktest"
	"github.com/tallystream/tallystream/emulator/kafka"
	"github.com/tallystream/tallystream/emulator/kafka/kafkatest"
	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
)

// ignoreTopicID: the broker chooses it.
var ignoreTopicID = cmpopts.IgnoreFields(kadm.Offset{}, "TopicID")

func start(t *testing.T, o kafka.Options) *kafka.Broker {
	t.Helper()
	b, err := kafka.Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.Close() })
	return b
}

func client(t *testing.T, b *kafka.Broker, opts ...kgo.Opt) *kgo.Client {
	t.Helper()
	c, err := kgo.NewClient(append([]kgo.Opt{kgo.SeedBrokers(b.Addr())}, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

func produce(t *testing.T, c *kgo.Client, records ...*kgo.Record) {
	t.Helper()
	if err := c.ProduceSync(t.Context(), records...).FirstErr(); err != nil {
		t.Fatal(err)
	}
}

// Whatever a producer sends, a consumer group reads back unchanged.
func TestProducersAndConsumers(t *testing.T) {
	codecs := map[string]kgo.CompressionCodec{
		"none": kgo.NoCompression(), "gzip": kgo.GzipCompression(), "snappy": kgo.SnappyCompression(),
		"lz4": kgo.Lz4Compression(), "zstd": kgo.ZstdCompression(),
	}
	b := start(t, kafka.Options{})
	for name, codec := range codecs {
		t.Run(name, func(t *testing.T) {
			p := client(t, b, kgo.ProducerBatchCompression(codec), kgo.AllowAutoTopicCreation())
			want := map[string]string{} // value to key
			var records []*kgo.Record
			for i := range 1000 {
				r := &kgo.Record{Topic: name, Value: fmt.Appendf(nil, "value %d", i)}
				if i%2 == 0 {
					r.Key = fmt.Appendf(nil, "key %d", i)
				}
				want[string(r.Value)] = fmt.Sprintf("%q %v", r.Key, r.Key == nil)
				records = append(records, r)
			}
			produce(t, p, records...)

			c := client(t, b, kgo.ConsumeTopics(name), kgo.ConsumerGroup("group-"+name),
				kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()))
			got := map[string]string{}
			for _, r := range kafkatest.Consume(t, c, len(want)) {
				got[string(r.Value)] = fmt.Sprintf("%q %v", r.Key, r.Key == nil)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("records (-want +got):\n%s", diff)
			}
		})
	}
}

func TestTopics(t *testing.T) {
	b := start(t, kafka.Options{Topics: map[string]int32{"votes": 3, "voters": 0}, Partitions: 7})
	produce(t, client(t, b, kgo.AllowAutoTopicCreation()), &kgo.Record{Topic: "made-by-use", Value: []byte("x")})
	topics, err := kadm.NewClient(client(t, b)).ListTopics(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]int{}
	for _, topic := range topics {
		got[topic.Topic] = len(topic.Partitions)
	}
	want := map[string]int{"votes": 3, "voters": 7, "made-by-use": 7}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("partitions (-want +got):\n%s", diff)
	}
}

func TestNoAutoCreate(t *testing.T) {
	b := start(t, kafka.Options{NoAutoCreate: true})
	c := client(t, b, kgo.AllowAutoTopicCreation(), kgo.UnknownTopicRetries(0))
	err := c.ProduceSync(t.Context(), &kgo.Record{Topic: "nope", Value: []byte("x")}).FirstErr()
	if !errors.Is(err, kerr.UnknownTopicOrPartition) {
		t.Errorf("produce to an unknown topic: %v, want %v", err, kerr.UnknownTopicOrPartition)
	}
}

// A reader that assigns partitions itself commits to a group it never joined.
func TestCommitWithoutMembers(t *testing.T) {
	b := start(t, kafka.Options{Topics: map[string]int32{"votes": 2}})
	admin := kadm.NewClient(client(t, b))
	var offsets kadm.Offsets
	offsets.AddOffset("votes", 0, 41, -1)
	offsets.AddOffset("votes", 1, 7, -1)
	for range 2 { // a second commit replaces the first
		resp, err := admin.CommitOffsets(t.Context(), "bridge", offsets)
		if err != nil {
			t.Fatal(err)
		}
		if err := resp.Error(); err != nil {
			t.Fatal(err)
		}
		offsets.AddOffset("votes", 0, 42, -1)
	}
	got, err := admin.FetchOffsets(t.Context(), "bridge")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(offsets, got.Offsets(), ignoreTopicID); diff != "" {
		t.Errorf("offsets (-want +got):\n%s", diff)
	}
}

func TestDirSurvivesRestart(t *testing.T) {
	o := kafka.Options{Dir: t.TempDir(), Topics: map[string]int32{"votes": 2}}
	first := start(t, o)
	produce(t, client(t, first), &kgo.Record{Topic: "votes", Partition: 1, Value: []byte("kept")})
	admin := kadm.NewClient(client(t, first))
	var offsets kadm.Offsets
	offsets.AddOffset("votes", 1, 1, -1)
	if err := admin.CommitAllOffsets(t.Context(), "group", offsets); err != nil {
		t.Fatal(err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}

	o.Topics = map[string]int32{"votes": 5, "added": 1} // what is there stays, what is new comes
	second := start(t, o)
	c := client(t, second, kgo.ConsumeTopics("votes"), kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()))
	if got := string(kafkatest.Consume(t, c, 1)[0].Value); got != "kept" {
		t.Errorf("record after restart: %q, want %q", got, "kept")
	}
	admin = kadm.NewClient(client(t, second))
	got, err := admin.FetchOffsets(t.Context(), "group")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(offsets, got.Offsets(), ignoreTopicID); diff != "" {
		t.Errorf("offsets after restart (-want +got):\n%s", diff)
	}
	topics, err := admin.ListTopics(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if n := len(topics["votes"].Partitions); n != 2 || !topics.Has("added") {
		t.Errorf("topics after restart: %v, want votes with 2 partitions, and added", topics)
	}
}

func TestMaxMessageBytes(t *testing.T) {
	big := make([]byte, 3<<20)
	record := &kgo.Record{Topic: "votes", Value: big}
	opts := []kgo.Opt{kgo.ProducerBatchMaxBytes(8 << 20), kgo.ProducerBatchCompression(kgo.NoCompression())}
	topics := map[string]int32{"votes": 1}

	small := start(t, kafka.Options{Topics: topics})
	err := client(t, small, opts...).ProduceSync(t.Context(), record).FirstErr()
	if !errors.Is(err, kerr.MessageTooLarge) {
		t.Errorf("3 MiB record: %v, want %v", err, kerr.MessageTooLarge)
	}
	large := start(t, kafka.Options{Topics: topics, MaxMessageBytes: 8 << 20})
	produce(t, client(t, large, opts...), record)
}

func TestRetentionBytes(t *testing.T) {
	b := start(t, kafka.Options{Topics: map[string]int32{"votes": 1}, RetentionBytes: 10_000})
	c := client(t, b, kgo.ProducerBatchCompression(kgo.NoCompression()))
	for range 50 {
		produce(t, c, &kgo.Record{Topic: "votes", Value: make([]byte, 1000)})
	}
	if err := kafka.Clean(t.Context(), b); err != nil {
		t.Fatal(err)
	}
	admin := kadm.NewClient(client(t, b))
	starts, err := admin.ListStartOffsets(t.Context(), "votes")
	if err != nil {
		t.Fatal(err)
	}
	o, _ := starts.Lookup("votes", 0)
	if o.Offset < 40 || o.Offset >= 50 {
		t.Errorf("log starts at offset %d after 50 records of 1 kB with 10 kB kept, want between 40 and 49", o.Offset)
	}
}

func TestAddresses(t *testing.T) {
	loopbacktest.Addresses(t, func(addr string) error { return startAndStop(t, kafka.Options{Addr: addr}) })
}

func startAndStop(t *testing.T, o kafka.Options) error {
	b, err := kafka.Start(t.Context(), o)
	if err != nil {
		return err
	}
	return b.Close()
}

func TestStartErrors(t *testing.T) {
	loopbacktest.Says(t, startAndStop(t, kafka.Options{Addr: "127.0.0.1:99999"}), "99999")
	loopbacktest.Says(t, startAndStop(t, kafka.Options{Partitions: -1, Retention: -1, Topics: map[string]int32{"a b": 1}}),
		"partitions -1", "retention", `"a b"`)
}

// The broker ends with its context, and Close may follow.
func TestEndsWithContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	b, err := kafka.Start(ctx, kafka.Options{Retention: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	if conn, err := net.Dial("tcp", b.Addr()); err == nil {
		conn.Close()
		t.Error("still listening after Close")
	}
}
