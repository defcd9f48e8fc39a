package e2etest

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"cloud.google.com/go/civil"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/tallystream/tallystream/functions/dashboard"
	"github.com/tallystream/tallystream/functions/dashboard/snapshot"
	"github.com/tallystream/tallystream/local/operate/certify"
	"github.com/tallystream/tallystream/local/simulate"
	"github.com/tallystream/tallystream/shared/config"
	"github.com/tallystream/tallystream/shared/countstate"
	"github.com/tallystream/tallystream/shared/logends"
)

// over is an election whose polls have closed.
func over() simulate.Options {
	day := civil.DateOf(time.Now().UTC()).AddDays(-2)
	o := simulate.Defaults(day).WithEverything()
	o.Voters, o.Votes = 150, 120
	o.Election = simulate.BuiltIn(day)
	return o
}

// dashboardConfig is the dashboard's of this line.
func (l *Line) dashboardConfig() dashboard.Config {
	l.t.Helper()
	c, err := dashboard.ConfigFrom(config.FromMap(l.Env))
	must(l.t, err)
	return c
}

// state is the state of the count after a while in which nothing happens.
func (l *Line) state(after time.Duration) countstate.State {
	l.t.Helper()
	return l.dashboardConfig().State(l.snapshot(), time.Now().Add(after))
}

func (l *Line) snapshot() *snapshot.Snapshot {
	l.t.Helper()
	s, err := l.Tables.Store(l.t, l.dashboardConfig().Election.ID).Snapshot(l.t.Context())
	must(l.t, err)
	return s
}

// stateOnceIngested is how the count stands a while after the last record came, however long ago that is.
func (l *Line) stateOnceIngested(after time.Duration) countstate.State {
	l.t.Helper()
	s := l.snapshot()
	var last time.Time
	for _, b := range s.Books {
		if b.LastIngestedAt.After(last) {
			last = b.LastIngestedAt
		}
	}
	return l.dashboardConfig().State(s, last.Add(after))
}

// stands fails unless the count has a state, after a while in which nothing happens.
func (l *Line) stands(what string, want countstate.Name, reason string) {
	l.t.Helper()
	s := l.state(10 * time.Second)
	if code := fmt.Sprint(s.Reasons); s.Name != want || !strings.Contains(code, reason) {
		l.t.Errorf("%s: the count is %s (%+v), want %s because of %s", what, s.Name, s.Reasons, want, reason)
	}
}

// A count is complete only when every stage has handled every record, however long a
// stage doesn't run.
func stateKnowsWhatEveryStageHolds(t *testing.T, w Warehouse) {
	f := NewFixture(t, over())
	l := NewLine(t, w, f)
	l.Env["FINAL_AFTER"], l.Env["DELAYED_AFTER"], l.Env["BATCH_RECORDS"] = "5", "3600", "20"
	l.Start()
	l.stands("nothing was read", countstate.Delayed, countstate.ReasonNeverReported)

	l.Drain()
	messages := l.Published()
	var reports, records []Message
	for _, m := range messages {
		if logends.Is(m.Attributes) {
			reports = append(reports, m)
		} else {
			records = append(records, m)
		}
	}
	if len(reports) < 2 || len(records) < 4 {
		t.Fatalf("%d reports and %d messages with records, want some of each", len(reports), len(records))
	}
	l.stands("all is in Pub/Sub", countstate.Delayed, countstate.ReasonNeverReported)
	l.Deliver(reports...)
	l.stands("the reports have come, the records haven't", countstate.Counting, countstate.ReasonOnTheWay)
	l.Deliver(records[1:]...)
	l.stands("no pass has run", countstate.Counting, countstate.ReasonOnTheWay)
	l.Pass()
	l.stands("one message is missing", countstate.Counting, countstate.ReasonOnTheWay)
	if s := l.state(2 * time.Hour); !s.Is(countstate.Delayed) {
		t.Errorf("after two hours without a report, %+v, want a delay", s)
	}
	l.Deliver(records[0])
	l.stands("the last message waits for a pass", countstate.Counting, countstate.ReasonOnTheWay)
	l.Pass()
	l.stands("everything is counted", countstate.Complete, "")
	if s := l.stateOnceIngested(time.Second); !s.Is(countstate.Counting) {
		t.Errorf("a second after the last record %+v, want it still counting", s)
	}

	l.Produce(&kgo.Record{Topic: "votes", Value: []byte("late, and malformed")})
	l.Drain()
	late := l.Published()
	for _, m := range late {
		if logends.Is(m.Attributes) {
			l.Deliver(m)
		}
	}
	l.stands("a late record was read", countstate.Counting, countstate.ReasonOnTheWay)
	l.Deliver(late...)
	l.Pass()
	l.stands("it was counted", countstate.Complete, "")
}

// Records behind an open transaction are a part of the log.
func stateKnowsOfOpenTransactions(t *testing.T, w Warehouse) {
	f := NewFixture(t, over())
	l := NewLine(t, w, f)
	l.Env["FINAL_AFTER"], l.Env["DELAYED_AFTER"] = "5", "3600"
	l.Start()
	producer, err := kgo.NewClient(kgo.SeedBrokers(f.Brokers), kgo.TransactionalID("dies"), kgo.RecordPartitioner(kgo.ManualPartitioner()))
	must(t, err)
	defer producer.Close()
	must(t, producer.BeginTransaction())
	must(t, producer.ProduceSync(t.Context(), &kgo.Record{Topic: "votes", Partition: 2, Value: []byte("{}")}).FirstErr())
	l.Produce(&kgo.Record{Topic: "votes", Partition: 2, Value: []byte("{}")})

	carry := func() {
		// It can't catch up, and says so. It publishes the records that it can read.
		l.Call(t.Context(), l.Bridge, `{"until":"deadline","seconds":1}`)
		l.Deliver(l.Published()...)
		l.Pass()
	}
	carry()
	l.stands("a transaction is open", countstate.Counting, countstate.ReasonOnTheWay)
	l.Env["DELAYED_AFTER"] = "5"
	l.stands("it has been open for a while", countstate.Delayed, countstate.ReasonOpenTransaction)
	l.Env["DELAYED_AFTER"] = "3600"
	must(t, producer.EndTransaction(t.Context(), kgo.TryCommit))
	carry()
	l.stands("it has ended", countstate.Complete, "")
}

// A person certifies a complete count. The dashboard says so until the result
// changes.
func certification(t *testing.T, w Warehouse) {
	f := NewFixture(t, over())
	l := NewLine(t, w, f)
	l.Env["FINAL_AFTER"], l.Env["DELAYED_AFTER"] = "5", "3600"
	l.Start()
	record := func(word certify.Word) error {
		_, err := certify.Record(t.Context(), l.Tables.Client(), l.dashboardConfig().Rules, word, time.Now().Add(10*time.Second))
		return err
	}
	if err := record(certify.Word{By: "Ann"}); !errors.Is(err, certify.ErrIncomplete) {
		t.Errorf("certifying nothing: %v, want a refusal", err)
	}
	l.Drain()
	l.Deliver(l.Published()...)
	l.Pass()
	if err := record(certify.Word{By: "Ann", Undo: true}); err == nil {
		t.Error("what nobody certified was taken back")
	}
	must(t, record(certify.Word{By: "Ann", Note: "minutes of the board"}))
	l.stands("certified", countstate.Certified, "")
	if s := l.state(48 * time.Hour); !s.Is(countstate.Certified) || s.Certification.By != "Ann" {
		t.Errorf("two days later, with everything switched off, %+v", s)
	}
	if err := record(certify.Word{By: "Ben"}); err == nil || !strings.Contains(err.Error(), "already, by Ann") {
		t.Errorf("certifying again: %v", err)
	}
	must(t, record(certify.Word{By: "Ben", Undo: true}))
	l.stands("taken back", countstate.Complete, "")
	must(t, record(certify.Word{By: "Ann"}))

	el := f.Election
	at := el.Opens.Add(time.Hour).Format(time.RFC3339)
	l.Produce(
		&kgo.Record{Topic: "voters", Value: fmt.Appendf(nil, `{"voter_id":"late","name":"L","age":40,"gender":"female","state":%q}`, el.Regions[0].ID)},
		&kgo.Record{Topic: "votes", Value: fmt.Appendf(nil, `{"vote_id":"late","voter_id":"late","candidate":%q,"timestamp":%q}`, el.Candidates[0].ID, at)})
	l.Drain()
	l.Deliver(l.Published()...)
	l.Pass()
	l.stands("another vote", countstate.Complete, countstate.ReasonCertificationOutdated)
}

// Produce writes records to this line's Kafka.
func (l *Line) Produce(records ...*kgo.Record) {
	l.t.Helper()
	producer, err := kgo.NewClient(kgo.SeedBrokers(l.Fixture.Brokers), kgo.RecordPartitioner(kgo.ManualPartitioner()))
	must(l.t, err)
	defer producer.Close()
	must(l.t, producer.ProduceSync(l.t.Context(), records...).FirstErr())
}
