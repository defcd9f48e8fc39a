package bridge

import (
	"context"
	"errors"
	"math/rand/v2"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/tallystream/tallystream/functions/bridge/kafkalog"
	"github.com/tallystream/tallystream/shared/drain"
	"github.com/tallystream/tallystream/shared/kafka"
	"github.com/tallystream/tallystream/shared/recordbatch"
)

// A broker that cuts connections in the middle of everything delays a drain
// and loses nothing.
func TestConnectionsAreCut(t *testing.T) {
	b := startBroker(t, kfake.SeedTopics(3, "votes"), kfake.SeedTopics(1, "voters"))
	want := map[kafka.TopicPartition][]int64{}
	for p := range int32(3) {
		b.produce("votes", p, 3000)
		want[kafka.TopicPartition{Topic: "votes", Partition: p}] = upTo(3000)
	}
	random := rand.New(rand.NewPCG(5, 6)) // controls run one at a time
	var cuts atomic.Int64
	for _, key := range []kmsg.Key{kmsg.Fetch, kmsg.OffsetCommit, kmsg.OffsetFetch, kmsg.ListOffsets, kmsg.Metadata, kmsg.FindCoordinator} {
		b.ControlKey(key.Int16(), func(kmsg.Request) (kmsg.Response, error, bool) {
			b.KeepControl()
			if random.IntN(4) == 0 && cuts.Load() < 40 {
				cuts.Add(1)
				return nil, errors.New("cut"), true
			}
			return nil, nil, false
		})
	}
	pubsub := &topic{}
	bridge := b.bridge(pubsub)
	drains := 0
	for ; drains < 50; drains++ { // a drain may end early; the next goes on
		if s := bridge.Drain(t.Context(), catchUp); s.CaughtUp {
			break
		}
	}
	same(t, "offsets", want, pubsub.once())
	if cuts.Load() == 0 {
		t.Error("nothing was cut")
	}
	t.Logf("%d connections cut, %d drains", cuts.Load(), drains+1)
}

// Errors that a broker answers with while it moves partitions about are
// retried.
func TestBrokerStumbles(t *testing.T) {
	b := startBroker(t, kfake.SeedTopics(2, "votes"), kfake.SeedTopics(1, "voters"))
	b.produce("votes", 0, 2000)
	b.produce("votes", 1, 2000)
	b.Fault(
		kfake.Fault{Keys: []kmsg.Key{kmsg.Fetch}, Topic: "votes", Partitions: []int32{0}, Err: kerr.NotLeaderForPartition, Count: 2},
		kfake.Fault{Keys: []kmsg.Key{kmsg.Fetch}, Topic: "votes", Partitions: []int32{1}, Err: kerr.LeaderNotAvailable, Count: 2},
		kfake.Fault{Keys: []kmsg.Key{kmsg.ListOffsets}, Topic: "votes", Err: kerr.NotLeaderForPartition, Count: 1},
		kfake.Fault{Keys: []kmsg.Key{kmsg.OffsetCommit}, Group: "tallystream", Err: kerr.CoordinatorLoadInProgress, Count: 1},
	)
	pubsub := &topic{}
	bridge := b.bridge(pubsub)
	for range 20 {
		if s := bridge.Drain(t.Context(), catchUp); s.CaughtUp {
			break
		}
	}
	same(t, "offsets", map[kafka.TopicPartition][]int64{{Topic: "votes", Partition: 0}: upTo(2000), {Topic: "votes", Partition: 1}: upTo(2000)}, pubsub.once())
	same(t, "committed", map[kafka.TopicPartition]kafkalog.Mark{{Topic: "votes", Partition: 0}: {Next: 2000, Follows: 1999}, {Topic: "votes", Partition: 1}: {Next: 2000, Follows: 1999}, {Topic: "voters", Partition: 0}: {Next: 0, Follows: -1}}, b.committed())
}

// A broker that refuses a partition is reported with it; the others go on.
func TestPartitionRefused(t *testing.T) {
	b := startBroker(t, kfake.SeedTopics(2, "votes"), kfake.SeedTopics(1, "voters"))
	b.produce("votes", 0, 10)
	b.produce("votes", 1, 10)
	b.Fault(kfake.Fault{Keys: []kmsg.Key{kmsg.Fetch}, Topic: "votes", Partitions: []int32{1}, Err: kerr.TopicAuthorizationFailed, Count: -1})
	pubsub := &topic{}
	s := b.bridge(pubsub).Drain(t.Context(), catchUp)
	if len(s.Errors) != 1 || s.CaughtUp || s.Records != 10 {
		t.Errorf("summary = %+v", s)
	}
	same(t, "offsets", map[kafka.TopicPartition][]int64{{Topic: "votes", Partition: 0}: upTo(10)}, pubsub.offsets())
	same(t, "committed", kafkalog.Mark{Next: 10, Follows: 9}, b.committed()[kafka.TopicPartition{Topic: "votes", Partition: 0}])
	same(t, "committed", kafkalog.Mark{Next: 0, Follows: -1}, b.committed()[kafka.TopicPartition{Topic: "votes", Partition: 1}])
}

// So is a partition whose offsets can't be listed.
func TestPartitionNotListed(t *testing.T) {
	b := startBroker(t, kfake.SeedTopics(2, "votes"), kfake.SeedTopics(1, "voters"))
	b.produce("votes", 0, 10)
	b.produce("votes", 1, 10)
	b.produce("voters", 0, 10)
	for err, want := range map[*kerr.Error]struct {
		text    string
		offsets map[kafka.TopicPartition][]int64
	}{
		kerr.TopicAuthorizationFailed: {`topic "votes" can't be read: Kafka forbids the topic to a client without login`, map[kafka.TopicPartition][]int64{{Topic: "voters", Partition: 0}: upTo(10)}},
		kerr.KafkaStorageError:        {"votes[1] can't be read: KAFKA_STORAGE_ERROR", map[kafka.TopicPartition][]int64{{Topic: "voters", Partition: 0}: upTo(10), {Topic: "votes", Partition: 0}: upTo(10)}},
	} {
		fault := b.Fault(kfake.Fault{Keys: []kmsg.Key{kmsg.ListOffsets}, Topic: "votes", Partitions: []int32{1}, Err: err, Count: -1})
		pubsub := &topic{}
		s := b.bridge(pubsub, func(c *Config) { c.Group = err.Message }).Drain(t.Context(), catchUp)
		fault.Remove()
		if len(s.Errors) != 1 || !strings.Contains(s.Errors[0], want.text) || s.CaughtUp {
			t.Errorf("%v: summary = %+v", err, s)
		}
		same(t, err.Message, want.offsets, pubsub.offsets())
	}
}

// A broker that is down takes only its own partitions with it.
func TestOneBrokerDown(t *testing.T) {
	listeners := map[string]net.Listener{}
	b := startBroker(t, kfake.NumBrokers(3), kfake.SeedTopics(6, "votes"), kfake.SeedTopics(1, "voters"),
		kfake.ListenFn(func(network, address string) (net.Listener, error) {
			l, err := net.Listen(network, address)
			if err == nil {
				listeners[l.Addr().String()] = l
			}
			return l, err
		}))
	for p := range int32(6) {
		if err := b.MoveTopicPartition("votes", p, p%3); err != nil {
			t.Fatal(err)
		}
		b.produce("votes", p, 10)
	}
	coordinator := b.admin.FindGroupCoordinators(t.Context(), "tallystream")["tallystream"]
	if coordinator.Err != nil {
		t.Fatal(coordinator.Err)
	}
	down := (coordinator.NodeID + 1) % 3
	if err := listeners[b.ListenAddrs()[down]].Close(); err != nil {
		t.Fatal(err)
	}
	want := map[kafka.TopicPartition][]int64{}
	for p := range int32(6) {
		if p%3 != down {
			want[kafka.TopicPartition{Topic: "votes", Partition: p}] = upTo(10)
		}
	}
	pubsub := &topic{}
	s := b.bridge(pubsub).Drain(t.Context(), catchUp)
	if len(s.Errors) == 0 || s.CaughtUp {
		t.Errorf("summary = %+v", s)
	}
	same(t, "offsets", want, pubsub.offsets())
}

// Commits that fail don't stop the records; the drain says so, and the next
// one repeats what wasn't committed.
func TestCommitFails(t *testing.T) {
	b := startBroker(t, kfake.SeedTopics(1, "votes"), kfake.SeedTopics(1, "voters"))
	b.produce("votes", 0, 10)
	pubsub := &topic{}
	bridge := b.bridge(pubsub)
	keep := bridge.commits
	bridge.commits = func(admin *kadm.Client) kafkalog.Commits { return &dyingStore{Commits: keep(admin)} }
	s := bridge.Drain(t.Context(), catchUp)
	if len(s.Errors) != 1 || s.Errors[0] != errKilled.Error() || s.Records != 10 || s.CaughtUp {
		t.Errorf("summary = %+v", s)
	}
	bridge.commits = keep
	clean(t, bridge.Drain(t.Context(), catchUp))
	if got := len(pubsub.offsets()[kafka.TopicPartition{Topic: "votes", Partition: 0}]); got != 20 {
		t.Errorf("%d records arrived in two drains, want all 10 twice", got)
	}
}

// Producers write, drains of two shards overlap and die, publishing fails now
// and then. In the end every record has arrived, and each names the offset of the
// one before it.
func TestEverythingAtOnce(t *testing.T) {
	const partitions, rounds, each = 4, 10, 300
	b := startBroker(t, kfake.SeedTopics(partitions, "votes"), kfake.SeedTopics(1, "voters"))
	var mu sync.Mutex
	random := rand.New(rand.NewPCG(8, 9))
	chance := func(n int) bool {
		mu.Lock()
		defer mu.Unlock()
		return random.IntN(n) == 0
	}
	calm := atomic.Bool{}
	pubsub := &topic{before: func(context.Context, *recordbatch.Batch) error {
		if !calm.Load() && chance(10) {
			return errors.New("publishing failed")
		}
		return nil
	}}
	for range rounds {
		var wg sync.WaitGroup
		for p := range int32(partitions) {
			wg.Go(func() { b.produce("votes", p, each) })
		}
		for shard := range 3 { // the third repeats the first
			ctx, kill := context.WithCancel(t.Context())
			bridge := b.bridge(publishHook{pubsub, func() {
				if chance(20) {
					kill()
				}
			}})
			wg.Go(func() {
				defer kill()
				bridge.Drain(ctx, drain.BridgeRequest{Shard: shard % 2, Shards: 2, Request: drain.Request{Until: drain.CaughtUp}})
			})
		}
		wg.Wait()
	}
	calm.Store(true)
	clean(t, b.bridge(pubsub).Drain(t.Context(), catchUp))

	want := map[kafka.TopicPartition][]int64{}
	for p := range int32(partitions) {
		want[kafka.TopicPartition{Topic: "votes", Partition: p}] = upTo(rounds * each)
	}
	same(t, "offsets", want, pubsub.once())
	for at := range want {
		records, follows := pubsub.records(at)
		for i, r := range records {
			if follows[i] != r.Offset-1 {
				t.Fatalf("%s: offset %d follows %d", at, r.Offset, follows[i])
			}
		}
	}
}

// publishHook calls a function before each message.
type publishHook struct {
	Publisher
	before func()
}

func (p publishHook) Publish(ctx context.Context, data []byte, attributes map[string]string) error {
	p.before()
	return p.Publisher.Publish(ctx, data, attributes)
}

// A drain commits to a group without joining it: the group has no members.
func TestLeavesNoMember(t *testing.T) {
	b := startBroker(t, kfake.SeedTopics(1, "votes"), kfake.SeedTopics(1, "voters"))
	b.produce("votes", 0, 1)
	clean(t, b.bridge(&topic{}).Drain(t.Context(), catchUp))
	groups, err := b.admin.DescribeGroups(t.Context(), "tallystream")
	if err != nil {
		t.Fatal(err)
	}
	if g := groups["tallystream"]; g.Err != nil || len(g.Members) != 0 || g.State != "Empty" {
		t.Errorf("group = %+v", g)
	}
}

// A Pub/Sub that never answers doesn't hold a drain whose caller has gone.
func TestPublisherHangs(t *testing.T) {
	b := startBroker(t, kfake.SeedTopics(1, "votes"), kfake.SeedTopics(1, "voters"))
	b.produce("votes", 0, 10)
	ctx, leave := context.WithCancel(t.Context())
	pubsub := &topic{before: func(ctx context.Context, _ *recordbatch.Batch) error {
		leave()
		<-ctx.Done()
		return ctx.Err()
	}}
	s := b.bridge(pubsub).Drain(ctx, drain.BridgeRequest{Shards: 1, Request: drain.Request{Until: drain.Deadline}})
	if len(s.Errors) != 1 || !strings.Contains(s.Errors[0], "votes[0] from offset 0 on: not acknowledged 2s after the end of the drain") || s.Records != 0 {
		t.Errorf("summary = %+v", s)
	}
	same(t, "committed", kafkalog.Mark{Next: 0, Follows: -1}, b.committed()[kafka.TopicPartition{Topic: "votes", Partition: 0}])
}
