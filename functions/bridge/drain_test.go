package bridge

import (
	"bytes"
	"context"
	"errors"
	"math/rand/v2"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tallystream/tallystream/functions/bridge/kafkalog"
	"github.com/tallystream/tallystream/shared/drain"
	"github.com/tallystream/tallystream/shared/kafka"
	"github.com/tallystream/tallystream/shared/recordbatch"
)

// Everything is carried once, with its identity, and committed; the next drain
// begins behind it.
func TestDrain(t *testing.T) {
	b := startBroker(t, kfake.SeedTopics(3, "votes"), kfake.SeedTopics(1, "voters"))
	b.produce("votes", 0, 250)
	b.produce("votes", 2, 7)
	b.produce("voters", 0, 1)
	pubsub := &topic{}
	bridge := b.bridge(pubsub)

	s := bridge.Drain(t.Context(), catchUp)
	clean(t, s)
	want := map[kafka.TopicPartition][]int64{{Topic: "votes", Partition: 0}: upTo(250), {Topic: "votes", Partition: 2}: upTo(7), {Topic: "voters", Partition: 0}: upTo(1)}
	same(t, "offsets", want, pubsub.offsets())
	same(t, "committed", map[kafka.TopicPartition]kafkalog.Mark{
		{Topic: "votes", Partition: 0}: {Next: 250, Follows: 249}, {Topic: "votes", Partition: 1}: {Next: 0, Follows: -1}, {Topic: "votes", Partition: 2}: {Next: 7, Follows: 6}, {Topic: "voters", Partition: 0}: {Next: 1, Follows: 0},
	}, b.committed())
	if !s.CaughtUp || s.Records != 258 || s.Partitions != 4 || s.Lag != 0 || s.Messages < 5 {
		t.Errorf("summary = %+v", s)
	}
	topics, err := b.admin.ListTopics(t.Context(), "votes")
	if err != nil {
		t.Fatal(err)
	}
	records, follows := pubsub.records(kafka.TopicPartition{Topic: "votes", Partition: 0})
	for i, r := range records {
		if want := "votes-0-" + strconv.Itoa(i); string(r.Value) != want || r.Key != nil || follows[i] != int64(i-1) || time.Since(time.UnixMilli(r.Timestamp)) > time.Hour {
			t.Fatalf("record %d = %+v (value %s), follows %d; want value %s", i, r, r.Value, follows[i], want)
		}
	}
	if got, want := pubsub.batches[0].TopicID, kafka.TopicID(topics["votes"].ID); pubsub.batches[0].Topic == "votes" && got != want {
		t.Errorf("topic id = %q, want %q", got, want)
	}

	b.produce("votes", 0, 5)
	clean(t, bridge.Drain(t.Context(), catchUp))
	want[kafka.TopicPartition{Topic: "votes", Partition: 0}] = upTo(255)
	same(t, "offsets after a second drain", want, pubsub.offsets())
	_, follows = pubsub.records(kafka.TopicPartition{Topic: "votes", Partition: 0})
	if follows[250] != 249 {
		t.Errorf("the second drain's first record follows %d, want 249", follows[250])
	}
}

// Whatever a record holds, it arrives.
func TestRecordsOfAllKinds(t *testing.T) {
	b := startBroker(t, kfake.SeedTopics(1, "votes"), kfake.SeedTopics(1, "voters"), kfake.BrokerConfigs(map[string]string{"message.max.bytes": "30000000"}))
	big := bytes.Repeat([]byte("0123456789abcdef"), 12<<20/16)
	client := b.client(kgo.ProducerBatchMaxBytes(30_000_000), kgo.BrokerMaxWriteBytes(40_000_000))
	if err := client.ProduceSync(t.Context(),
		&kgo.Record{Topic: "votes", Value: []byte("no key")},
		&kgo.Record{Topic: "votes", Key: []byte("tombstone")},
		&kgo.Record{Topic: "votes", Key: []byte{}, Value: []byte{}},
		&kgo.Record{Topic: "votes", Key: []byte("k"), Value: big},
		&kgo.Record{Topic: "votes", Value: []byte("behind it"), Headers: []kgo.RecordHeader{{Key: "h", Value: []byte("v")}}},
		&kgo.Record{Topic: "votes", Value: big[:recordbatch.MaxValue]},
	).FirstErr(); err != nil {
		t.Fatal(err)
	}
	pubsub := &topic{}
	clean(t, b.bridge(pubsub, func(c *Config) { c.InflightBytes = 1 << 20 }).Drain(t.Context(), catchUp))
	records, _ := pubsub.records(kafka.TopicPartition{Topic: "votes", Partition: 0})
	for i := range records {
		records[i].Timestamp = 0
	}
	same(t, "records", []recordbatch.Record{
		{Offset: 0, Value: []byte("no key"), Size: 6},
		{Offset: 1, Key: []byte("tombstone")},
		{Offset: 2, Key: []byte{}, Value: []byte{}},
		{Offset: 3, Key: []byte("k"), Value: big[:recordbatch.TruncatedValue], Size: int64(len(big))},
		{Offset: 4, Value: []byte("behind it"), Size: 9},
	}, records[:5])
	if len(records) != 6 || !bytes.Equal(records[5].Value, big[:recordbatch.MaxValue]) {
		t.Errorf("%d records; the last has %d bytes", len(records), len(records[len(records)-1].Value))
	}
}

// Messages stay within the limits that are configured, and Pub/Sub's.
func TestMessageSizes(t *testing.T) {
	b := startBroker(t, kfake.SeedTopics(1, "votes"), kfake.SeedTopics(1, "voters"))
	random := rand.NewChaCha8([32]byte{7})
	var records []*kgo.Record
	for range 300 {
		value := make([]byte, 60_000)
		_, _ = random.Read(value)
		records = append(records, &kgo.Record{Topic: "votes", Value: value})
	}
	b.write(records...)
	for name, change := range map[string]func(*Config){
		"by records": func(c *Config) { c.BatchRecords = 3 },
		"by bytes":   func(c *Config) { c.BatchBytes = 200_000 },
		"at the most": func(c *Config) {
			c.BatchRecords, c.BatchBytes, c.Linger, c.InflightBytes = 1_000_000, recordbatch.MaxBuilt-recordbatch.MaxValue, 5*time.Second, 64<<20
		},
	} {
		pubsub := &topic{}
		clean(t, b.bridge(pubsub, change, func(c *Config) { c.Group = name }).Drain(t.Context(), catchUp))
		same(t, name, map[kafka.TopicPartition][]int64{{Topic: "votes", Partition: 0}: upTo(300)}, pubsub.offsets())
		for i, batch := range pubsub.batches {
			if name != "at the most" && len(batch.Records) > 3 {
				t.Errorf("%s: a message has %d records", name, len(batch.Records))
			}
			if pubsub.sizes[i] > 9_900_000 {
				t.Errorf("%s: a message has %d bytes", name, pubsub.sizes[i])
			}
		}
	}
}

// Every partition belongs to exactly one shard, however many there are.
func TestShards(t *testing.T) {
	b := startBroker(t, kfake.SeedTopics(5, "votes"), kfake.SeedTopics(3, "voters"))
	want := map[kafka.TopicPartition][]int64{}
	for p := range int32(5) {
		b.produce("votes", p, 3)
		want[kafka.TopicPartition{Topic: "votes", Partition: p}] = upTo(3)
	}
	for p := range int32(3) {
		b.produce("voters", p, 3)
		want[kafka.TopicPartition{Topic: "voters", Partition: p}] = upTo(3)
	}
	for shards := 1; shards <= 9; shards++ {
		pubsub := &topic{}
		bridge := b.bridge(pubsub, func(c *Config) { c.Group = "shards-" + strconv.Itoa(shards) })
		var wg sync.WaitGroup
		var partitions atomic.Int64
		for shard := range shards {
			wg.Go(func() {
				s := bridge.Drain(t.Context(), drain.BridgeRequest{Shard: shard, Shards: shards, Request: drain.Request{Until: drain.CaughtUp}})
				clean(t, s)
				partitions.Add(int64(s.Partitions))
			})
		}
		wg.Wait()
		same(t, strconv.Itoa(shards)+" shards", want, pubsub.offsets())
		if partitions.Load() != 8 {
			t.Errorf("%d shards read %d partitions of 8", shards, partitions.Load())
		}
	}
}

// A record on a quiet topic leaves after the linger, while the drain goes on;
// a new topic and a new partition are found by a drain under way.
func TestLiveRecords(t *testing.T) {
	b := startBroker(t, kfake.SeedTopics(1, "votes"))
	arrived := make(chan kafka.TopicPartition, 100)
	pubsub := &topic{before: func(_ context.Context, b *recordbatch.Batch) error {
		arrived <- kafka.TopicPartition{Topic: b.Topic, Partition: b.Partition}
		return nil
	}}
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan drain.BridgeSummary)
	bridge := b.bridge(pubsub)
	go func() {
		done <- bridge.Drain(ctx, drain.BridgeRequest{Shards: 1, Request: drain.Request{Until: drain.Deadline}})
	}()

	for range 3 {
		b.produce("votes", 0, 1)
		same(t, "arrived", kafka.TopicPartition{Topic: "votes", Partition: 0}, <-arrived)
	}
	if _, err := b.admin.CreateTopic(t.Context(), 1, 1, nil, "voters"); err != nil {
		t.Fatal(err)
	}
	b.produce("voters", 0, 1)
	same(t, "arrived", kafka.TopicPartition{Topic: "voters", Partition: 0}, <-arrived)
	stop()
	s := <-done
	clean(t, s)
	if s.Records != 4 || s.Partitions != 2 {
		t.Errorf("summary = %+v", s)
	}
	same(t, "committed", map[kafka.TopicPartition]kafkalog.Mark{{Topic: "votes", Partition: 0}: {Next: 3, Follows: 2}, {Topic: "voters", Partition: 0}: {Next: 1, Follows: 0}}, b.committed())
}

func TestDeadline(t *testing.T) {
	b := startBroker(t, kfake.SeedTopics(1, "votes"), kfake.SeedTopics(1, "voters"))
	b.produce("votes", 0, 10)
	pubsub := &topic{}
	lingering := b.bridge(pubsub, func(c *Config) { c.Linger = 10 * time.Minute })
	r := drain.BridgeRequest{Shards: 1, Request: drain.Request{Until: drain.Deadline, Seconds: 2}}
	s := lingering.Drain(t.Context(), r)
	for s.Records == 0 && r.Seconds < 60 { // on a busy machine the time may pass before anything is read
		r.Seconds *= 2
		s = lingering.Drain(t.Context(), r)
	}
	clean(t, s)
	if s.Records != 10 || !s.CaughtUp {
		t.Errorf("what lingered at the deadline wasn't sent: %+v", s)
	}
	same(t, "committed", kafkalog.Mark{Next: 10, Follows: 9}, b.committed()[kafka.TopicPartition{Topic: "votes", Partition: 0}])
}

var errKilled = errors.New("killed")

// Aborted records are no votes; markers between records are no gaps that
// anything waits for.
func TestTransactions(t *testing.T) {
	b := startBroker(t, kfake.SeedTopics(1, "votes"), kfake.SeedTopics(1, "voters"))
	client := b.client(kgo.TransactionalID("tx"))
	transaction := func(end kgo.TransactionEndTry, values ...string) {
		t.Helper()
		if err := client.BeginTransaction(); err != nil {
			t.Fatal(err)
		}
		for _, v := range values {
			if err := client.ProduceSync(t.Context(), &kgo.Record{Topic: "votes", Value: []byte(v)}).FirstErr(); err != nil {
				t.Fatal(err)
			}
		}
		if err := client.EndTransaction(t.Context(), end); err != nil {
			t.Fatal(err)
		}
	}
	transaction(kgo.TryCommit, "a", "b")     // 0 1, marker 2
	transaction(kgo.TryAbort, "no", "never") // 3 4, marker 5
	transaction(kgo.TryCommit, "c")          // 6, marker 7
	pubsub := &topic{}
	bridge := b.bridge(pubsub)
	s := bridge.Drain(t.Context(), catchUp)
	clean(t, s)
	if !s.CaughtUp || s.Lag != 0 {
		t.Errorf("summary = %+v", s)
	}
	transaction(kgo.TryAbort, "nor", "this") // 8 9, marker 10
	clean(t, bridge.Drain(t.Context(), catchUp))
	transaction(kgo.TryCommit, "d") // 11, marker 12
	clean(t, bridge.Drain(t.Context(), catchUp))

	records, follows := pubsub.records(kafka.TopicPartition{Topic: "votes", Partition: 0})
	var values []string
	var offsets []int64
	for _, r := range records {
		values, offsets = append(values, string(r.Value)), append(offsets, r.Offset)
	}
	same(t, "values", []string{"a", "b", "c", "d"}, values)
	same(t, "offsets", []int64{0, 1, 6, 11}, offsets)
	same(t, "follows", []int64{-1, 0, 1, 6}, follows)
	same(t, "committed", kafkalog.Mark{Next: 13, Follows: 11}, b.committed()[kafka.TopicPartition{Topic: "votes", Partition: 0}])
}
