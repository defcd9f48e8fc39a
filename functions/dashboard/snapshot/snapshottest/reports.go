package snapshottest

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tallystream/tallystream/functions/dashboard/snapshot"
	"github.com/tallystream/tallystream/shared/countstate"
	"github.com/tallystream/tallystream/shared/kafka"
)

// reports reads the last report of each partition, and since when records are missing.
func reports(t *testing.T, w Warehouse) {
	create(t, w)
	execute(t, w, Fill+`
INSERT INTO raw.log_ends (kafka_topic, kafka_topic_id, kafka_partition, partitions, log_start, last_stable, log_end,
  next_offset, last_record, deleted, open_transactions, observed_at, ingested_at) VALUES
  ('votes', 'v', 0, 2, 0, 3, 3, 3, 2, 0, NULL, '2026-11-03 13:00:00+00', '2026-11-03 13:00:01+00'),
  ('votes', 'v', 0, 2, 0, 9, 12, 9, 8, 0, NULL, '2026-11-03 13:00:10+00', '2026-11-03 13:00:11+00'),
  ('votes', 'v', 0, 2, 0, 9, 14, 9, 8, 5, 'dies', '2026-11-03 13:00:20+00', '2026-11-03 13:00:21+00'),
  ('votes', 'v', 0, 2, 0, 9, 13, 4, 3, 0, NULL, '2026-11-03 13:00:15+00', '2026-11-03 13:00:25+00'),
  ('votes', 'v', 1, 2, 0, 8, 8, 8, 7, 0, NULL, '2026-11-03 13:00:20+00', '2026-11-03 13:00:21+00'),
  ('voters', 'new', 0, 1, 0, 4, 4, 4, 3, 0, NULL, '2026-11-03 13:00:20+00', '2026-11-03 13:00:21+00'),
  ('voters', 'ancient', 0, 1, 0, 4, 4, 4, 3, 0, NULL, '2026-11-01 13:00:20+00', '2026-11-01 13:00:21+00');
INSERT INTO analytics.certifications (election, certified, certified_by, remark, result, certified_at) VALUES
  ('mine', TRUE, 'Ann', NULL, '{"ada":1}', '2026-11-03 13:00:00+00'),
  ('mine', FALSE, 'Ben', 'a mistake', '{"ada":3,"bob":1}', '2026-11-03 13:01:00+00'),
  ('another', TRUE, 'Cid', NULL, '{}', '2026-11-03 13:02:00+00');
`)
	store := w.Store(t, "mine")
	s := Read(t, store)
	second := func(n int) time.Time { return time.Date(2026, 11, 3, 13, 0, n, 0, time.UTC) }
	want := []snapshot.LogRow{
		{TopicPartition: kafka.TopicPartition{Topic: "voters", TopicID: "new"}, Log: countstate.Log{Partitions: 1, LastStable: 4, LogEnd: 4, Next: 4, LastRecord: 3, ObservedAt: second(20), ReadAt: second(20), UnsettledSince: second(20), UnsettledFrom: second(21)}},
		{TopicPartition: kafka.TopicPartition{Topic: "votes", TopicID: "v"}, Log: countstate.Log{Partitions: 2, LastStable: 9, LogEnd: 14, Next: 9, LastRecord: 8, Deleted: 5, Open: "dies",
			ObservedAt: second(20), ReadAt: second(10), UnreadSince: second(10), UnsettledSince: second(10), UnsettledFrom: second(11)}},
		{TopicPartition: kafka.TopicPartition{Topic: "votes", TopicID: "v", Partition: 1}, Log: countstate.Log{Partitions: 2, LastStable: 8, LogEnd: 8, Next: 8, LastRecord: 7, ObservedAt: second(20), ReadAt: second(20)}},
	}
	if diff := cmp.Diff(want, s.Logs); diff != "" {
		t.Errorf("reports (-want +got):\n%s", diff)
	}
	word := &snapshot.CertificationRow{By: "Ben", Note: "a mistake", At: second(60), Result: map[string]int64{"ada": 3, "bob": 1}}
	if diff := cmp.Diff(word, s.Certified); diff != "" {
		t.Errorf("certification (-want +got):\n%s", diff)
	}

	// A report that comes without a pass is read too. Without a new report nothing
	// changes.
	for range 3 {
		s = Read(t, store)
	}
	if Read(t, store) != s {
		t.Error("nothing has changed, and the snapshot is another one")
	}
	execute(t, w, `
INSERT INTO raw.log_ends (kafka_topic, kafka_topic_id, kafka_partition, partitions, log_start, last_stable, log_end,
  next_offset, last_record, deleted, open_transactions, observed_at, ingested_at) VALUES
  ('votes', 'v', 0, 2, 0, 15, 15, 15, 13, 0, NULL, '2026-11-03 13:00:30+00', '2026-11-03 13:00:31+00')`)
	after := Read(t, store)
	want[1].Log = countstate.Log{Partitions: 2, LastStable: 15, LogEnd: 15, Next: 15, LastRecord: 13, Deleted: 5, ObservedAt: second(30), ReadAt: second(30), UnsettledSince: second(10), UnsettledFrom: second(11)}
	if diff := cmp.Diff(want, after.Logs); diff != "" || len(after.Candidates) != len(s.Candidates) {
		t.Errorf("after another report (-want +got):\n%s", diff)
	}
}

// followedReports compares what two stores know of the logs: one that has read before, and
// one that reads for the first time. Reports of several bridges come late and in any order.
// Passes settle what was read.
func followedReports(t *testing.T, w Warehouse) {
	create(t, w)
	execute(t, w, Fill)
	random := rand.New(rand.NewPCG(7, 7))
	follower := w.Store(t, "e")
	logs := []reportedLog{{"votes", "v", 0, 3, 3}, {"votes", "v", 1, 8, 8}, {"voters", "r", 0, 10, 10}}
	at := time.Date(2026, 11, 3, 13, 10, 0, 0, time.UTC)
	for step := range 40 {
		var script strings.Builder
		if step%8 == 7 { // everything is read and settled, and for some time nothing comes
			for i := range logs {
				logs[i].read = logs[i].end
				script.WriteString(logs[i].report(logs[i].end, at, at) + logs[i].settle(logs[i].end, at))
			}
		} else {
			for range 1 + random.IntN(2) {
				l := &logs[random.IntN(len(logs))]
				l.end += random.Int64N(20)
				l.read = min(l.end, l.read+random.Int64N(20))
				next := max(0, l.read-random.Int64N(2)*random.Int64N(40))
				observed := at.Add(-time.Duration(random.IntN(40)) * time.Second)
				script.WriteString(l.report(next, observed, observed.Add(time.Duration(random.IntN(5))*time.Second)))
			}
			l := &logs[random.IntN(len(logs))]
			script.WriteString(l.settle(max(0, l.read-random.Int64N(30)), at))
			if step%8 == 0 { // a report that was long on its way
				script.WriteString(l.report(l.read/2, at.Add(-3*time.Minute), at))
			}
		}
		execute(t, w, script.String())
		got, want := Read(t, follower), Read(t, w.Store(t, "e"))
		if diff := cmp.Diff(want.Logs, got.Logs); diff != "" {
			t.Fatalf("step %d: what who reads for the first time knows of the logs (-), and who follows (+):\n%s", step, diff)
		}
		at = at.Add(time.Duration(1+random.IntN(25)) * time.Second)
		if step%8 == 7 {
			at = at.Add(2 * time.Minute)
		}
	}
}

// reportedLog is a partition's log: where it ends, and up to where it was read.
type reportedLog struct {
	topic, id string
	partition int
	end, read int64
}

// report is the statement that adds a report: up to where everything was read, when that was
// seen, and when the report came.
func (l *reportedLog) report(next int64, observed, came time.Time) string {
	return fmt.Sprintf(`INSERT INTO raw.log_ends (kafka_topic, kafka_topic_id, kafka_partition, partitions, log_start, last_stable, log_end,
		next_offset, last_record, deleted, open_transactions, observed_at, ingested_at) VALUES ('%s', '%s', %d, 2, 0, %d, %d, %d, %d, %d, NULL, '%s', '%s');
		`, l.topic, l.id, l.partition, next, l.end, next, next-1, next%3, observed.Format(literal), came.Format(literal))
}

// settle is the statement of a pass that settles a log.
func (l *reportedLog) settle(next int64, at time.Time) string {
	return fmt.Sprintf("UPDATE analytics.books SET next_offset = %d, updated_at = '%s' WHERE kafka_topic = '%s' AND kafka_partition = %d;\n",
		next, at.Format(literal), l.topic, l.partition)
}
