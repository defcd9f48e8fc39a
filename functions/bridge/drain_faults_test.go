package bridge

import (
	"bytes"
	"context"
	"errors"
	"math/rand/v2"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tallystream/tallystream/functions/bridge/kafkalog"
	"github.com/tallystream/tallystream/shared/drain"
	"github.com/tallystream/tallystream/shared/kafka"
	"github.com/tallystream/tallystream/shared/recordbatch"
)

// After a message that can't be published its partition stops there, the
// others go on, and nothing behind it is committed.
func TestPublishFails(t *testing.T) {
	b := startBroker(t, kfake.SeedTopics(2, "votes"), kfake.SeedTopics(1, "voters"))
	b.produce("votes", 0, 1000)
	b.produce("votes", 1, 1000)
	broken := errors.New("no such luck")
	var mend atomic.Bool
	pubsub := &topic{}
	pubsub.before = func(_ context.Context, b *recordbatch.Batch) error {
		first, last := b.Records[0].Offset, b.Records[len(b.Records)-1].Offset
		if b.Partition == 1 && first <= 345 && 345 <= last && !mend.Load() {
			return broken
		}
		return nil
	}
	bridge := b.bridge(pubsub)
	s := bridge.Drain(t.Context(), catchUp)
	if len(s.Errors) != 1 || !strings.Contains(s.Errors[0], "votes[1] from offset 300 on: no such luck") || s.CaughtUp || s.Lag != 700 {
		t.Errorf("summary = %+v", s)
	}
	same(t, "committed", map[kafka.TopicPartition]kafkalog.Mark{{Topic: "votes", Partition: 0}: {Next: 1000, Follows: 999}, {Topic: "votes", Partition: 1}: {Next: 300, Follows: 299}, {Topic: "voters", Partition: 0}: {Next: 0, Follows: -1}}, b.committed())

	mend.Store(true)
	clean(t, bridge.Drain(t.Context(), catchUp))
	same(t, "offsets", map[kafka.TopicPartition][]int64{{Topic: "votes", Partition: 0}: upTo(1000), {Topic: "votes", Partition: 1}: upTo(1000)}, pubsub.once())
}

// dyingStore is the commits of a process that dies: after some saves it never
// commits again, as if it had been killed.
type dyingStore struct {
	kafkalog.Commits
	saves int
}

func (s *dyingStore) Save(ctx context.Context, commits map[kafka.TopicPartition]kafkalog.Commit) error {
	if s.saves == 0 {
		return errKilled
	}
	s.saves--
	return s.Commits.Save(ctx, commits)
}

// Drains that are killed at any moment lose nothing, and offsets never run
// ahead of what was published.
func TestKilled(t *testing.T) {
	const n = 2000
	b := startBroker(t, kfake.SeedTopics(2, "votes"), kfake.SeedTopics(1, "voters"))
	b.produce("votes", 0, n)
	b.produce("votes", 1, n)
	random := rand.New(rand.NewPCG(1, 2))
	pubsub := &topic{}
	for round := range 12 {
		ctx, kill := context.WithCancel(t.Context())
		left := random.IntN(12)
		var mu sync.Mutex
		pubsub.before = func(context.Context, *recordbatch.Batch) error {
			mu.Lock()
			defer mu.Unlock()
			if left--; left < 0 {
				kill()
				return errKilled
			}
			return nil
		}
		bridge := b.bridge(pubsub)
		saves := random.IntN(2)
		bridge.commits = func(admin *kadm.Client) kafkalog.Commits {
			return &dyingStore{Commits: kafkalog.Group{Admin: admin, Name: "tallystream"}, saves: saves}
		}
		bridge.Drain(ctx, catchUp)
		kill()

		got := pubsub.once()
		for at, m := range b.committed() {
			list := got[at]
			if int(m.Next) > len(list) || (m.Next > 0 && list[m.Next-1] != m.Next-1) {
				t.Fatalf("round %d: %s is committed to %d, but %d offsets arrived", round, at, m.Next, len(list))
			}
		}
	}
	pubsub.before = nil
	clean(t, b.bridge(pubsub).Drain(t.Context(), catchUp))
	same(t, "offsets", map[kafka.TopicPartition][]int64{{Topic: "votes", Partition: 0}: upTo(n), {Topic: "votes", Partition: 1}: upTo(n)}, pubsub.once())
}

// Two drains of the same partitions repeat records and lose none.
func TestOverlappingDrains(t *testing.T) {
	b := startBroker(t, kfake.SeedTopics(2, "votes"), kfake.SeedTopics(1, "voters"))
	b.produce("votes", 0, 3000)
	b.produce("votes", 1, 3000)
	pubsub := &topic{}
	bridge := b.bridge(pubsub)
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() { clean(t, bridge.Drain(t.Context(), catchUp)) })
	}
	wg.Wait()
	same(t, "offsets", map[kafka.TopicPartition][]int64{{Topic: "votes", Partition: 0}: upTo(3000), {Topic: "votes", Partition: 1}: upTo(3000)}, pubsub.once())
	same(t, "committed", map[kafka.TopicPartition]kafkalog.Mark{{Topic: "votes", Partition: 0}: {Next: 3000, Follows: 2999}, {Topic: "votes", Partition: 1}: {Next: 3000, Follows: 2999}, {Topic: "voters", Partition: 0}: {Next: 0, Follows: -1}}, b.committed())
}

// What isn't acknowledged is bounded: the drain stops reading.
func TestBackpressure(t *testing.T) {
	const size, budget = 10_000, 1 << 20
	b := startBroker(t, kfake.SeedTopics(1, "votes"), kfake.SeedTopics(1, "voters"))
	var records []*kgo.Record
	for range 500 {
		records = append(records, &kgo.Record{Topic: "votes", Value: bytes.Repeat([]byte("x"), size)})
	}
	b.write(records...)
	var held atomic.Int64
	full, release := make(chan struct{}), make(chan struct{})
	pubsub := &topic{before: func(ctx context.Context, b *recordbatch.Batch) error {
		now := held.Add(int64(len(b.Records)))
		if now*size > budget {
			t.Errorf("%d bytes in flight, more than %d", now*size, budget)
		}
		if now*size > budget-2*size {
			select {
			case <-full:
			default:
				close(full)
			}
		}
		select {
		case <-release:
		case <-ctx.Done():
		}
		held.Add(-int64(len(b.Records)))
		return nil
	}}
	bridge := b.bridge(pubsub, func(c *Config) { c.InflightBytes, c.BatchRecords = budget, 1 })
	done := make(chan drain.BridgeSummary)
	go func() { done <- bridge.Drain(t.Context(), catchUp) }()
	<-full
	close(release)
	s := <-done
	clean(t, s)
	if s.Held <= 0 || s.Held > s.Seconds {
		t.Errorf("the drain says that it was held up for %v of %v s", s.Held, s.Seconds)
	}
	same(t, "offsets", map[kafka.TopicPartition][]int64{{Topic: "votes", Partition: 0}: upTo(500)}, pubsub.offsets())
}

// Records that the broker deleted before they were read are a gap, and a
// warning; so is a log that lost its end.
func TestOutOfRange(t *testing.T) {
	b := startBroker(t, kfake.SeedTopics(1, "votes"), kfake.SeedTopics(1, "voters"))
	pubsub := &topic{}
	bridge := b.bridge(pubsub)
	b.produce("votes", 0, 10)
	clean(t, bridge.Drain(t.Context(), catchUp))

	b.produce("votes", 0, 20)
	if _, err := b.admin.DeleteRecords(t.Context(), kadm.Offsets{"votes": {0: {Topic: "votes", Partition: 0, At: 15}}}); err != nil {
		t.Fatal(err)
	}
	s := bridge.Drain(t.Context(), catchUp)
	if len(s.Errors) > 0 || len(s.Warnings) != 1 || !strings.Contains(s.Warnings[0], "votes[0]: offsets 10 to 14 were deleted") {
		t.Errorf("summary = %+v", s)
	}
	_, follows := pubsub.records(kafka.TopicPartition{Topic: "votes", Partition: 0})
	same(t, "follows", 9, int(follows[10]))
	same(t, "committed", kafkalog.Mark{Next: 30, Follows: 29}, b.committed()[kafka.TopicPartition{Topic: "votes", Partition: 0}])

	if err := b.admin.CommitAllOffsets(t.Context(), "tallystream", kadm.Offsets{"votes": {0: {Topic: "votes", Partition: 0, At: 99, LeaderEpoch: -1}}}); err != nil {
		t.Fatal(err)
	}
	s = bridge.Drain(t.Context(), catchUp)
	if len(s.Errors) > 0 || len(s.Warnings) != 1 || !strings.Contains(s.Warnings[0], "offset 99 is committed, but the log ends at 30") || s.Records != 15 {
		t.Errorf("summary = %+v", s)
	}
	same(t, "committed", kafkalog.Mark{Next: 30, Follows: 29}, b.committed()[kafka.TopicPartition{Topic: "votes", Partition: 0}])
}

// A topic that was deleted and created again is another topic.
func TestTopicMadeAnew(t *testing.T) {
	b := startBroker(t, kfake.SeedTopics(1, "votes"), kfake.SeedTopics(1, "voters"))
	pubsub := &topic{}
	bridge := b.bridge(pubsub)
	b.produce("votes", 0, 3)
	clean(t, bridge.Drain(t.Context(), catchUp))
	old := b.committed()[kafka.TopicPartition{Topic: "votes", Partition: 0}]
	if _, err := b.admin.DeleteTopic(t.Context(), "votes"); err != nil {
		t.Fatal(err)
	}
	if _, err := b.admin.CreateTopic(t.Context(), 1, 1, nil, "votes"); err != nil {
		t.Fatal(err)
	}
	b.produce("votes", 0, 5)
	// The broker may have dropped the group's offsets with the topic, or not.
	if _, kept := b.committed()[kafka.TopicPartition{Topic: "votes", Partition: 0}]; !kept {
		note := `{"topic_id":"` + pubsub.batches[0].TopicID + `","follows":2}`
		admin := kadm.NewClient(b.client()) // one that doesn't know the old topic
		if err := admin.CommitAllOffsets(t.Context(), "tallystream", kadm.Offsets{"votes": {0: {Topic: "votes", At: old.Next, LeaderEpoch: -1, Metadata: note}}}); err != nil {
			t.Fatal(err)
		}
	}
	s := bridge.Drain(t.Context(), catchUp)
	if len(s.Errors) > 0 || len(s.Warnings) != 1 || !strings.Contains(s.Warnings[0], "made anew") || s.Records != 5 {
		t.Errorf("summary = %+v", s)
	}
	if ids := map[string]bool{pubsub.batches[0].TopicID: true, pubsub.batches[1].TopicID: true}; len(ids) != 2 {
		t.Errorf("topic ids = %v", ids)
	}
}

func TestMissingTopic(t *testing.T) {
	b := startBroker(t, kfake.SeedTopics(1, "votes"))
	b.produce("votes", 0, 3)
	pubsub := &topic{}
	s := b.bridge(pubsub).Drain(t.Context(), catchUp)
	if len(s.Errors) > 0 || len(s.Warnings) != 1 || !strings.Contains(s.Warnings[0], `topic "voters" doesn't exist`) || s.Records != 3 {
		t.Errorf("summary = %+v", s)
	}
}

func TestUnreachableBroker(t *testing.T) {
	// A port that nobody listens on.
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	b := startBroker(t)
	s := b.bridge(&topic{}, func(c *Config) { c.Kafka.Brokers = []string{address} }).Drain(t.Context(), catchUp)
	if len(s.Errors) != 1 || !strings.Contains(s.Errors[0], "Kafka at ["+address+"] can't be reached: nobody listens there: KAFKA_BROKERS is "+address) {
		t.Errorf("summary = %+v", s)
	}
}

// The group must have no members: commits would fail.
func TestGroupWithMembers(t *testing.T) {
	b := startBroker(t, kfake.SeedTopics(1, "votes"), kfake.SeedTopics(1, "voters"))
	b.produce("votes", 0, 3)
	member := b.client(kgo.ConsumerGroup("tallystream"), kgo.ConsumeTopics("votes"))
	if err := member.PollFetches(t.Context()).Err(); err != nil {
		t.Fatal(err)
	}
	s := b.bridge(&topic{}).Drain(t.Context(), catchUp)
	if len(s.Errors) != 1 || !strings.Contains(s.Errors[0], "consumers have joined it") || s.CaughtUp {
		t.Errorf("summary = %+v", s)
	}
}
