package bridge

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/tallystream/tallystream/functions/bridge/kafkalog"
	"github.com/tallystream/tallystream/shared/drain"
	"github.com/tallystream/tallystream/shared/kafka"
)

// hang begins a transaction, writes to a partition, and leaves it open.
func (b *broker) hang(id, topic string, partition int32, values ...string) *kgo.Client {
	b.t.Helper()
	client := b.client(kgo.TransactionalID(id), kgo.TransactionTimeout(10*time.Minute))
	if err := client.BeginTransaction(); err != nil {
		b.t.Fatal(err)
	}
	for _, v := range values {
		if err := client.ProduceSync(b.t.Context(), &kgo.Record{Topic: topic, Partition: partition, Value: []byte(v)}).FirstErr(); err != nil {
			b.t.Fatal(err)
		}
	}
	return client
}

// What lies behind an open transaction is there, and can't be read: it is lag,
// the drain hasn't caught up, and the summary names who holds it back. Once the
// transaction ends, it is carried.
func TestHangingTransaction(t *testing.T) {
	b := startBroker(t, kfake.SeedTopics(2, "votes"), kfake.SeedTopics(1, "voters"))
	b.produce("votes", 0, 3)
	dead := b.hang("dead producer", "votes", 0, "open")
	b.produce("votes", 0, 10)
	b.produce("votes", 1, 5)
	pubsub := &topic{}
	bridge := b.bridge(pubsub)
	s := bridge.Drain(t.Context(), catchUp)
	if s.CaughtUp || s.Lag != 11 || s.Records != 8 || len(s.Errors) > 0 {
		t.Errorf("summary = %+v", s)
	}
	if len(s.Warnings) != 1 {
		t.Fatalf("warnings = %q", s.Warnings)
	}
	for _, want := range []string{
		`votes[0]: offsets 3 to 13 can't be read: they wait for the transaction of producer `, `transactional.id "dead producer"`,
		"from offset 3 on, begun 20", "--topic votes --partition 0 --start-offset 3",
	} {
		if !strings.Contains(s.Warnings[0], want) {
			t.Errorf("%q isn't in the warning %q", want, s.Warnings[0])
		}
	}
	same(t, "committed", kafkalog.Mark{Next: 3, Follows: 2}, b.committed()[kafka.TopicPartition{Topic: "votes", Partition: 0}])

	if err := dead.EndTransaction(t.Context(), kgo.TryAbort); err != nil {
		t.Fatal(err)
	}
	s = bridge.Drain(t.Context(), catchUp)
	clean(t, s)
	if !s.CaughtUp || s.Lag != 0 {
		t.Errorf("summary = %+v", s)
	}
	_, follows := pubsub.records(kafka.TopicPartition{Topic: "votes", Partition: 0})
	same(t, "follows", []int64{-1, 0, 1, 2, 4, 5, 6, 7, 8, 9, 10, 11, 12}, follows)
}

// A transaction that ends in time is waited for.
func TestTransactionEnds(t *testing.T) {
	b := startBroker(t, kfake.SeedTopics(1, "votes"), kfake.SeedTopics(1, "voters"))
	slow := b.hang("slow producer", "votes", 0, "a", "b")
	pubsub := &topic{}
	asked := make(chan struct{})
	ask := sync.OnceFunc(func() { close(asked) })
	b.ControlKey(kmsg.Fetch.Int16(), func(kmsg.Request) (kmsg.Response, error, bool) {
		ask()
		return nil, nil, false
	})
	done := make(chan drain.BridgeSummary)
	bridge := b.bridge(pubsub)
	go func() { done <- bridge.Drain(t.Context(), catchUp) }()
	<-asked
	if err := slow.EndTransaction(t.Context(), kgo.TryCommit); err != nil {
		t.Fatal(err)
	}
	s := <-done
	clean(t, s)
	if !s.CaughtUp || s.Lag != 0 || s.Records != 2 {
		t.Errorf("summary = %+v", s)
	}
}

// A replay says what it can't give yet.
func TestReplayBehindTransaction(t *testing.T) {
	b := startBroker(t, kfake.SeedTopics(1, "votes"), kfake.SeedTopics(1, "voters"))
	b.produce("votes", 0, 3)
	b.hang("dead producer", "votes", 0, "open")
	pubsub := &topic{}
	s := b.bridge(pubsub).Drain(t.Context(), drain.BridgeRequest{Shards: 1, Request: drain.Request{Until: drain.CaughtUp}, Replay: &drain.Replay{}})
	if s.Records != 3 || len(s.Warnings) != 1 || !strings.Contains(s.Warnings[0], "votes[0]: offsets 3 to 3 can't be replayed yet") {
		t.Errorf("summary = %+v", s)
	}
}

// Where the broker doesn't say who holds records back, the summary says what
// it takes.
func TestTransactionUnknown(t *testing.T) {
	b := startBroker(t, kfake.SeedTopics(1, "votes"), kfake.SeedTopics(1, "voters"))
	b.hang("dead producer", "votes", 0, "open")
	b.Fault(kfake.Fault{Keys: []kmsg.Key{kmsg.DescribeProducers}, Topic: "votes", Err: kerr.TopicAuthorizationFailed, Count: -1})
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	s := b.bridge(&topic{}).Drain(ctx, catchUp)
	if s.CaughtUp || s.Lag != 1 || len(s.Warnings) != 1 ||
		!strings.Contains(s.Warnings[0], "votes[0]: offsets 0 to 0 can't be read: they wait for a transaction that can't be looked up") ||
		!strings.Contains(s.Warnings[0], "allow the bridge's account Read of the topic") {
		t.Errorf("summary = %+v", s)
	}
}
