package bridge

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tallystream/tallystream/functions/bridge/kafkalog"
	"github.com/tallystream/tallystream/shared/drain"
	"github.com/tallystream/tallystream/shared/kafka"
	"github.com/tallystream/tallystream/shared/logends"
	"github.com/tallystream/tallystream/shared/recordbatch"
)

// lastEnds returns what was reported last of each partition.
func (p *topic) lastEnds() map[kafka.TopicPartition]logends.Partition {
	p.mu.Lock()
	defer p.mu.Unlock()
	last := map[kafka.TopicPartition]logends.Partition{}
	for _, r := range p.reports {
		for _, e := range r.Partitions {
			e.TopicID, e.Open = "", ""
			last[kafka.TopicPartition{Topic: e.Topic, Partition: e.Partition}] = e
		}
	}
	return last
}

// A drain reports the ends of all its partitions, those without records
// included, and up to where they are carried.
func TestReportsLogEnds(t *testing.T) {
	b := startBroker(t, kfake.SeedTopics(2, "votes"), kfake.SeedTopics(1, "voters"))
	b.produce("votes", 1, 3)
	pubsub := &topic{}
	clean(t, b.bridge(pubsub).Drain(t.Context(), catchUp))
	same(t, "ends", map[kafka.TopicPartition]logends.Partition{
		{Topic: "voters", Partition: 0}: {TopicPartition: kafka.TopicPartition{Topic: "voters", Partition: 0}, Partitions: 1, LastRecord: -1},
		{Topic: "votes", Partition: 0}:  {TopicPartition: kafka.TopicPartition{Topic: "votes", Partition: 0}, Partitions: 2, LastRecord: -1},
		{Topic: "votes", Partition: 1}:  {TopicPartition: kafka.TopicPartition{Topic: "votes", Partition: 1}, Partitions: 2, LastStable: 3, LogEnd: 3, Next: 3, LastRecord: 2},
	}, pubsub.lastEnds())
}

// What lies behind an open transaction is a part of the log, though nobody can
// read it.
func TestReportsWhatTransactionsHoldBack(t *testing.T) {
	b := startBroker(t, kfake.SeedTopics(1, "votes"), kfake.SeedTopics(1, "voters"))
	b.produce("votes", 0, 2)
	producer := b.client(kgo.TransactionalID("dies"))
	if err := producer.BeginTransaction(); err != nil {
		t.Fatal(err)
	}
	if err := producer.ProduceSync(t.Context(), &kgo.Record{Topic: "votes", Value: []byte("open")}).FirstErr(); err != nil {
		t.Fatal(err)
	}
	b.produce("votes", 0, 4)
	pubsub := &topic{}
	b.bridge(pubsub).Drain(t.Context(), drain.BridgeRequest{Shards: 1, Request: drain.Request{Until: drain.Deadline, Seconds: 1}})
	got := pubsub.lastEnds()[kafka.TopicPartition{Topic: "votes", Partition: 0}]
	if got.LastStable != 2 || got.LogEnd != 7 || got.Next != 2 || got.LastRecord != 1 {
		t.Errorf("reported %+v, want the log stable to 2 of 7, and carried to 2", got)
	}
	if err := producer.EndTransaction(t.Context(), kgo.TryAbort); err != nil {
		t.Fatal(err)
	}
	clean(t, b.bridge(pubsub).Drain(t.Context(), catchUp))
	got = pubsub.lastEnds()[kafka.TopicPartition{Topic: "votes", Partition: 0}]
	if got.LastStable != 8 || got.LogEnd != 8 || got.Next != 8 || got.LastRecord != 6 {
		t.Errorf("after the abort reported %+v, want all of 8 carried, and 6 the last record", got)
	}
}

// What isn't acknowledged isn't reported as carried.
func TestReportsNoMoreThanIsAcknowledged(t *testing.T) {
	b := startBroker(t, kfake.SeedTopics(1, "votes"), kfake.SeedTopics(1, "voters"))
	b.produce("votes", 0, 5)
	pubsub := &topic{before: func(_ context.Context, batch *recordbatch.Batch) error {
		return errors.New("out of order")
	}}
	b.bridge(pubsub).Drain(t.Context(), catchUp)
	got := pubsub.lastEnds()[kafka.TopicPartition{Topic: "votes", Partition: 0}]
	if got.LogEnd != 5 || got.Next != 0 || got.LastRecord != -1 {
		t.Errorf("reported %+v, want nothing carried of 5", got)
	}
}

// A replay carries what is carried already, and says nothing of it.
func TestReplayReportsNothing(t *testing.T) {
	b := startBroker(t, kfake.SeedTopics(1, "votes"), kfake.SeedTopics(1, "voters"))
	b.produce("votes", 0, 5)
	pubsub := &topic{}
	r := catchUp
	r.Replay = &drain.Replay{}
	clean(t, b.bridge(pubsub).Drain(t.Context(), r))
	if n := len(pubsub.reports); n != 0 || len(pubsub.batches) == 0 {
		t.Errorf("%d reports and %d messages of a replay", n, len(pubsub.batches))
	}
}

// Who holds records back is a part of the report.
func TestReportsOpenTransactions(t *testing.T) {
	b := startBroker(t, kfake.SeedTopics(1, "votes"), kfake.SeedTopics(1, "voters"))
	b.hang("dead producer", "votes", 0, "open")
	pubsub := &topic{}
	b.bridge(pubsub).Drain(t.Context(), drain.BridgeRequest{Shards: 1, Request: drain.Request{Until: drain.Deadline, Seconds: 1}})
	for _, r := range pubsub.reports {
		for _, p := range r.Partitions {
			if names := strings.Contains(p.Open, `transactional.id "dead producer"`); names != (p.Topic == "votes") {
				t.Errorf("%s[%d] is held open by %q", p.Topic, p.Partition, p.Open)
			}
		}
	}
	if len(pubsub.reports) == 0 {
		t.Error("nothing was reported")
	}
}

// What the broker deletes before it is read is reported for good, also by drains
// that know of it from the commit alone.
func TestReportsWhatWasDeletedUnread(t *testing.T) {
	b := startBroker(t, kfake.SeedTopics(1, "votes"), kfake.SeedTopics(1, "voters"))
	b.produce("votes", 0, 3)
	pubsub := &topic{}
	clean(t, b.bridge(pubsub).Drain(t.Context(), catchUp))
	b.produce("votes", 0, 6)
	offsets := kadm.Offsets{}
	offsets.AddOffset("votes", 0, 7, -1)
	if _, err := b.admin.DeleteRecords(t.Context(), offsets); err != nil {
		t.Fatal(err)
	}
	for _, drain := range []string{"the drain that finds out", "the next"} {
		b.bridge(pubsub).Drain(t.Context(), catchUp)
		got := pubsub.lastEnds()[kafka.TopicPartition{Topic: "votes", Partition: 0}]
		if got.Deleted != 4 || got.Next != 9 || got.LogEnd != 9 || got.LastRecord != 8 {
			t.Errorf("%s reported %+v, want 4 deleted, and the rest carried", drain, got)
		}
	}
}

// A log that lost its end is reported as another one from then on, also before a
// record of it could be read: what was read of the one before doesn't stand for it.
func TestReportsALostEndBehindATransaction(t *testing.T) {
	b := startBroker(t, kfake.SeedTopics(1, "votes"), kfake.SeedTopics(1, "voters"))
	b.hang("dead producer", "votes", 0, "open")
	note := `{"topic_id":"","follows":98}`
	if err := b.admin.CommitAllOffsets(t.Context(), "tallystream", kadm.Offsets{"votes": {0: {Topic: "votes", At: 99, LeaderEpoch: -1, Metadata: note}}}); err != nil {
		t.Fatal(err)
	}
	pubsub := &topic{}
	b.bridge(pubsub).Drain(t.Context(), drain.BridgeRequest{Shards: 1, Request: drain.Request{Until: drain.Deadline, Seconds: 1}})
	if len(pubsub.reports) == 0 {
		t.Fatal("nothing was reported")
	}
	for _, r := range pubsub.reports {
		for _, p := range r.Partitions {
			if p.Topic == "votes" && (!strings.Contains(p.TopicID, "/") || p.Next != 0 || p.LogEnd == 0) {
				t.Errorf("reported %+v, want another incarnation with nothing read", p)
			}
		}
	}
}

// Of a log that went back while it was read nothing more is said: its end says
// nothing of what was read of it, and what it holds now the next drain finds out.
func TestReportsNothingOfALogThatWentBack(t *testing.T) {
	b := startBroker(t, kfake.SeedTopics(1, "votes"))
	d := newLoop(b.bridge(&topic{}), catchUp)
	d.reader.client = b.client()
	heard := []*partition{}
	for i, name := range []string{"voters", "votes"} {
		p := newPartition(kafka.TopicPartition{Topic: name, Partition: 0}, "id", -1)
		heard = append(heard, p)
		p.begin(kafkalog.Mark{Next: 150, Follows: 149, Epoch: 3})
		if p.log.extent = (kafkalog.Extent{First: 0, Stable: 120, End: 120}); i == 1 {
			d.wentBack(p, "leader epoch 3 ends at 100")
		}
	}
	got := newReporter(d.config, nil, nil, nil, false).ends(heard)
	if len(got) != 1 || got[0].Topic != "voters" {
		t.Errorf("reported %+v, want voters alone", got)
	}
}
