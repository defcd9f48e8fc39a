package bridge

import (
	"context"
	"fmt"
	"runtime"
	"runtime/metrics"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tallystream/tallystream/functions/bridge/kafkalog"
	"github.com/tallystream/tallystream/shared/kafka"
)

// nowhere takes everything.
type nowhere struct{}

func (nowhere) Publish(context.Context, []byte, map[string]string) error { return nil }

// fill writes n votes over the partitions of the topic.
func fill(b *testing.B, broker *broker, n, partitions int) {
	b.Helper()
	client := broker.client(kgo.ProducerBatchCompression(kgo.Lz4Compression()), kgo.MaxBufferedRecords(100_000))
	now := time.Now()
	for i := range n {
		client.Produce(context.Background(), &kgo.Record{Topic: "votes", Partition: int32(i % partitions), Timestamp: now, Value: fmt.Appendf(nil,
			`{"vote_id":"0b6f3f6e-2f0a-4f0c-9a51-%012x","voter_id":"5a3a2a5e-96f6-4c5c-8d6d-%012x","candidate":"Candidate A","candidate_image":"https://randomuser.me/api/portraits/men/12.jpg","timestamp":"2026-11-03T09:30:00.%06d","polling_station":"Station-7"}`,
			i*7919, i*104729, i%1_000_000)}, func(_ *kgo.Record, err error) {
			if err != nil {
				b.Error(err)
			}
		})
	}
	if err := client.Flush(context.Background()); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkDrain is the bridge and a broker in the same process, from fetch to
// a publisher that takes everything.
func BenchmarkDrain(b *testing.B) {
	const n = 200_000
	broker := startBroker(b, kfake.SeedTopics(4, "votes"), kfake.SeedTopics(1, "voters"))
	fill(b, broker, n, 4)
	round := 0
	memory := watchHeap()
	b.ReportAllocs()
	for b.Loop() {
		round++
		bridge := broker.bridge(nowhere{}, func(c *Config) {
			c.Group, c.BatchRecords, c.InflightBytes = fmt.Sprint(round), 5000, 16<<20
			c.Linger = 25 * time.Millisecond
		})
		if s := bridge.Drain(context.Background(), catchUp); s.Records != n || len(s.Errors) > 0 {
			b.Fatalf("%+v", s)
		}
	}
	b.ReportMetric(float64(b.N)*n/b.Elapsed().Seconds(), "votes/s")
	b.ReportMetric(memory()/1e6, "peak-MB")
}

// watchHeap samples the heap until the returned function is called, which
// returns by how many bytes it grew at most, garbage included.
func watchHeap() (peak func() float64) {
	runtime.GC()
	heap := func() float64 {
		sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
		metrics.Read(sample)
		return float64(sample[0].Value.Uint64())
	}
	before := heap()
	stop, most := make(chan struct{}), make(chan float64)
	go func() {
		highest := before
		for {
			select {
			case <-stop:
				most <- highest - before
				return
			case <-time.After(time.Millisecond):
				highest = max(highest, heap())
			}
		}
	}()
	return func() float64 {
		close(stop)
		return <-most
	}
}

// BenchmarkPack is what the reading loop does to each record.
func BenchmarkPack(b *testing.B) {
	value := []byte(`{"vote_id":"0b6f3f6e-2f0a-4f0c-9a51-0a1b2c3d4e5f","voter_id":"5a3a2a5e-96f6-4c5c-8d6d-1f2e3d4c5b6a","candidate":"Candidate A","candidate_image":"https://randomuser.me/api/portraits/men/12.jpg","timestamp":"2026-11-03T09:30:00.123456","polling_station":"Station-7"}`)
	bridge := NewWith(Config{BatchRecords: 5000, BatchBytes: 1 << 20, InflightBytes: 32 << 20}, nowhere{}, nil)
	d := newLoop(bridge, catchUp)
	d.publisher.start(b.Context())
	p := newPartition(kafka.TopicPartition{Topic: "votes", Partition: 0}, "", -1)
	p.begin(kafkalog.Mark{Next: 0, Follows: -1})
	d.parts[p.TopicPartition] = p
	record := &kgo.Record{Topic: "votes", Timestamp: time.Now(), Value: value}
	now := time.Now()
	b.ReportAllocs()
	b.SetBytes(int64(len(value)))
	for b.Loop() {
		if err := d.take(b.Context(), p, record, now); err != nil {
			b.Fatal(err)
		}
		record.Offset++
	}
	d.batcher.publishAll(d.parts)
	d.publisher.await(time.Minute, nil)
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "records/s")
	runtime.KeepAlive(bridge)
}
