package bridge

import (
	"bytes"
	"context"
	"errors"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tallystream/tallystream/shared/drain"
	"github.com/tallystream/tallystream/shared/kafka"
	"github.com/tallystream/tallystream/shared/recordbatch"
)

// A partition that isn't read any more leaves its memory to the others. Records of it that
// the client still holds don't count against the limit for ever.
func TestDroppedRecordsLeaveTheirRoom(t *testing.T) {
	b := startBroker(t, kfake.SeedTopics(1, "votes"), kfake.SeedTopics(1, "voters"), kfake.BrokerConfigs(map[string]string{"message.max.bytes": "100000000"}))
	random := rand.New(rand.NewPCG(1, 2))
	produce := func(topic string, batches int, value func() []byte) {
		client := b.client(kgo.ProducerBatchCompression(kgo.GzipCompression()), kgo.ProducerBatchMaxBytes(64<<20), kgo.BrokerMaxWriteBytes(1<<30), kgo.ProducerLinger(50*time.Millisecond))
		defer client.Close()
		for range batches {
			records := make([]*kgo.Record, 20)
			for i := range records {
				records[i] = &kgo.Record{Topic: topic, Value: value()}
			}
			if err := client.ProduceSync(t.Context(), records...).FirstErr(); err != nil {
				t.Fatal(err)
			}
		}
	}
	produce("votes", 100, func() []byte { // a batch of 100 KB, which is 25 KB on Kafka
		noise := make([]byte, 1250)
		for i := range noise {
			noise[i] = byte(random.Uint32())
		}
		return bytes.Repeat(noise, 4)
	})
	ctx, enough := context.WithCancel(t.Context())
	defer enough()
	ready := make(chan struct{})
	pubsub := &topic{before: func(_ context.Context, b *recordbatch.Batch) error {
		if b.Topic == "votes" {
			<-ready
			return errors.New("not this one")
		}
		if b.Records[len(b.Records)-1].Offset == 19 {
			time.AfterFunc(100*time.Millisecond, enough)
		}
		return nil
	}}
	go func() {
		time.Sleep(500 * time.Millisecond)
		produce("voters", 1, func() []byte { return bytes.Repeat([]byte("a"), 300_000) })
		close(ready)
	}()
	s := b.bridge(pubsub, func(c *Config) { c.InflightBytes = 1 << 20 }).Drain(ctx, drain.BridgeRequest{Shards: 1, Request: drain.Request{Until: drain.Deadline, Seconds: 60}})
	if got := len(pubsub.once()[kafka.TopicPartition{Topic: "voters", Partition: 0}]); got != 20 {
		t.Errorf("%d of 20 registrations were carried in %.1f s: %+v", got, s.Seconds, s)
	}
}
