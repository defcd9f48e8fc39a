package bridge

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tallystream/tallystream/shared/drain"
	"github.com/tallystream/tallystream/shared/heaptest"
	"github.com/tallystream/tallystream/shared/kafka"
	"github.com/tallystream/tallystream/shared/recordbatch"
)

// codecs are those that producers compress with.
var codecs = map[string]kgo.CompressionCodec{
	"gzip": kgo.GzipCompression(), "snappy": kgo.SnappyCompression(), "lz4": kgo.Lz4Compression(), "zstd": kgo.ZstdCompression(),
}

// Records that take a thousandth of their size on Kafka take no more memory than
// others: 900 KB each, in a batch of its own or all in one. Under the race detector,
// with which unfolding takes ten times as long, there are too few of them to tell.
func TestBomb(t *testing.T) {
	const (
		size = 900_000
		most = 160 << 20
	)
	records := 220 // 198 MB
	if raceDetector {
		records = 20
	}
	for name, codec := range codecs {
		for _, single := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s single=%v", name, single), func(t *testing.T) {
				b := startBroker(t, kfake.SeedTopics(1, "votes"), kfake.SeedTopics(1, "voters"), kfake.BrokerConfigs(map[string]string{"message.max.bytes": "100000000"}))
				bomb(b, codec, records, size, single)
				var carried atomic.Int64
				pubsub := publisherFunc(func() { carried.Add(1) })
				bridge := b.bridge(pubsub, func(c *Config) { c.BatchRecords = 1 })
				peak := heaptest.Begin(t, most)
				s := drainAll(t, bridge)
				got := peak()
				if got > most {
					t.Errorf("the heap grew by %d MiB, more than %d", got>>20, most>>20)
				}
				if name == "snappy" && single && !raceDetector {
					// The batch is larger than any window. The client that wrote it
					// refers to its beginning, which can't be held. That is said.
					if len(s.Errors) != 1 || !strings.Contains(s.Errors[0], "votes[0] can't be read from offset 0 on") || !strings.Contains(s.Errors[0], "have its producer send smaller batches") {
						t.Errorf("summary = %+v", s)
					}
					return
				}
				clean(t, s)
				if s.Records != int64(records) || s.Bytes != int64(records)*size || !s.CaughtUp || carried.Load() != int64(records) {
					t.Errorf("summary = %+v, %d messages", s, carried.Load())
				}
				t.Logf("the heap grew by %d MiB", got>>20)
			})
		}
	}
}

// drainAll drains until all is carried, or an error says why it isn't. The figures
// are the sums of the drains. A drain may take an hour: each begins a batch anew, so
// one that ends before a batch is unfolded would never pass it.
func drainAll(t *testing.T, b *Bridge) drain.BridgeSummary {
	t.Helper()
	request := catchUp
	request.Seconds = 3600
	var all drain.BridgeSummary
	for {
		s := b.Drain(t.Context(), request)
		s.Records, s.Bytes, s.Messages = s.Records+all.Records, s.Bytes+all.Bytes, s.Messages+all.Messages
		if all = s; s.CaughtUp || len(s.Errors) > 0 || t.Context().Err() != nil {
			return all
		}
	}
}

// bomb writes records that compress well, all in one batch or each in one. They are
// of one moment: how far back snappy's encoder refers depends on what differs.
func bomb(b *broker, codec kgo.CompressionCodec, records, size int, single bool) {
	b.t.Helper()
	opts := []kgo.Opt{
		kgo.ProducerBatchCompression(codec), kgo.ProducerLinger(0), kgo.MaxProduceRequestsInflightPerBroker(1),
		kgo.ProducerBatchMaxBytes(1 << 20), kgo.MaxBufferedRecords(2 * records), kgo.BrokerMaxWriteBytes(1 << 30),
	}
	if single {
		opts = append(opts, kgo.ProducerBatchMaxBytes(1<<29), kgo.ManualFlushing())
	}
	client := b.client(opts...)
	defer client.Close()
	value, moment := bytes.Repeat([]byte("a"), size), time.UnixMilli(1_700_000_000_000)
	for range records {
		client.Produce(b.t.Context(), &kgo.Record{Topic: "votes", Value: value, Timestamp: moment}, func(_ *kgo.Record, err error) {
			if err != nil {
				b.t.Error(err)
			}
		})
	}
	if err := client.Flush(b.t.Context()); err != nil {
		b.t.Fatal(err)
	}
}

// What is unfolded record by record is what is unfolded at once: all kinds of
// records, of every codec.
func TestFoldedRecords(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for name, codec := range codecs {
		t.Run(name, func(t *testing.T) {
			b := startBroker(t, kfake.SeedTopics(1, "votes"), kfake.SeedTopics(1, "voters"), kfake.BrokerConfigs(map[string]string{"message.max.bytes": "100000000"}))
			client := b.client(kgo.ProducerBatchCompression(codec), kgo.ProducerBatchMaxBytes(1<<28), kgo.ProducerLinger(time.Minute), kgo.BrokerMaxWriteBytes(1<<29))
			var want []recordbatch.Record
			for i := range 300 {
				r := &kgo.Record{Topic: "votes", Timestamp: time.UnixMilli(1_700_000_000_000 + int64(i)), Headers: []kgo.RecordHeader{{Key: "h", Value: []byte("v")}}}
				switch i % 5 {
				case 0:
					r.Value = bytes.Repeat([]byte{byte(i)}, random.IntN(200_000))
				case 1:
					r.Key, r.Value = []byte(strings.Repeat("k", i)), []byte{}
				case 2:
					r.Key = []byte{} // a tombstone
				case 3:
					r.Value = bytes.Repeat([]byte("large "), 10)
					if i%25 == 3 {
						r.Value = bytes.Repeat([]byte("large "), recordbatch.MaxValue/24+i*2350)
					}
				case 4:
					r.Value = fmt.Appendf(nil, "value %d", i)
				}
				value := r.Value
				if len(value) > recordbatch.MaxValue {
					value = value[:recordbatch.TruncatedValue]
				}
				want = append(want, recordbatch.Record{Offset: int64(i), Timestamp: r.Timestamp.UnixMilli(), Key: r.Key, Value: value, Size: int64(len(r.Value))})
				client.Produce(t.Context(), r, nil)
			}
			if err := client.Flush(t.Context()); err != nil {
				t.Fatal(err)
			}
			pubsub := &topic{}
			clean(t, b.bridge(pubsub, func(c *Config) { c.InflightBytes = 4 << 20 }).Drain(t.Context(), catchUp))
			got, _ := pubsub.records(kafka.TopicPartition{Topic: "votes", Partition: 0})
			if len(got) != len(want) {
				t.Fatalf("%d records, want %d", len(got), len(want))
			}
			for i := range want {
				w, g := &want[i], &got[i]
				if g.Offset != w.Offset || g.Timestamp != w.Timestamp || g.Size != w.Size || !bytes.Equal(g.Key, w.Key) || !bytes.Equal(g.Value, w.Value) ||
					(g.Key == nil) != (w.Key == nil) || (g.Value == nil) != (w.Value == nil) {
					t.Fatalf("record %d has a key of %d and a value of %d bytes of %d, want %d and %d of %d", i, len(g.Key), len(g.Value), g.Size, len(w.Key), len(w.Value), w.Size)
				}
			}
			// A drain that begins in the middle of the batch.
			pubsub = &topic{}
			from := int64(133)
			clean(t, b.bridge(pubsub).Drain(t.Context(), drain.BridgeRequest{Shards: 1, Request: drain.Request{Until: drain.CaughtUp}, Replay: &drain.Replay{Topic: "votes", From: &from}}))
			got, follows := pubsub.records(kafka.TopicPartition{Topic: "votes", Partition: 0})
			if len(got) != 300-133 || follows[0] != 132 || !bytes.Equal(got[1].Value, want[134].Value) {
				t.Errorf("%d records from the middle on, the first of which follows %d", len(got), follows[0])
			}
		})
	}
}
