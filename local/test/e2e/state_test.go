package e2e_test

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
	"github.com/tallystream/tallystream/local/query"
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
func (l *line) dashboardConfig() dashboard.Config {
	l.t.Helper()
	c, err := dashboard.ConfigFrom(config.FromMap(l.env))
	must(l.t, err)
	return c
}

// state is the state of the count after a while in which nothing happens.
func (l *line) state(after time.Duration) countstate.State {
	l.t.Helper()
	c := l.dashboardConfig()
	s, err := snapshot.NewBigQuery(l.client, c.Election.ID, snapshot.Topics{Votes: "votes", Voters: "voters"}).Snapshot(l.t.Context())
	must(l.t, err)
	return c.State(s, time.Now().Add(after))
}

// stands fails unless the count has a state, after a while in which nothing happens.
func (l *line) stands(what string, want countstate.Name, reason string) {
	l.t.Helper()
	s := l.state(10 * time.Second)
	if code := fmt.Sprint(s.Reasons); s.Name != want || !strings.Contains(code, reason) {
		l.t.Errorf("%s: the count is %s (%+v), want %s because of %s", what, s.Name, s.Reasons, want, reason)
	}
}

// A count is complete only when every stage has handled every record, however long a
// stage doesn't run.
func TestStateKnowsWhatEveryStageHolds(t *testing.T) {
	f := newFixture(t, over())
	l := newLine(t, f)
	l.env["FINAL_AFTER"], l.env["DELAYED_AFTER"], l.env["BATCH_RECORDS"] = "5", "3600", "20"
	l.start()
	l.stands("nothing was read", countstate.Delayed, countstate.ReasonNeverReported)

	l.drain()
	messages := l.published()
	var reports, records []message
	for _, m := range messages {
		if logends.Is(m.attributes) {
			reports = append(reports, m)
		} else {
			records = append(records, m)
		}
	}
	if len(reports) < 2 || len(records) < 4 {
		t.Fatalf("%d reports and %d messages with records, want some of each", len(reports), len(records))
	}
	l.stands("all is in Pub/Sub", countstate.Delayed, countstate.ReasonNeverReported)
	l.deliver(reports...)
	l.stands("the reports have come, the records haven't", countstate.Counting, countstate.ReasonOnTheWay)
	l.deliver(records[1:]...)
	l.stands("no pass has run", countstate.Counting, countstate.ReasonOnTheWay)
	l.pass()
	l.stands("one message is missing", countstate.Counting, countstate.ReasonOnTheWay)
	if s := l.state(2 * time.Hour); !s.Is(countstate.Delayed) {
		t.Errorf("after two hours without a report, %+v, want a delay", s)
	}
	l.deliver(records[0])
	l.stands("the last message waits for a pass", countstate.Counting, countstate.ReasonOnTheWay)
	l.pass()
	l.stands("everything is counted", countstate.Complete, "")
	if s := l.state(time.Second); !s.Is(countstate.Counting) {
		t.Errorf("a second after the last record %+v, want it still counting", s)
	}

	l.produce(&kgo.Record{Topic: "votes", Value: []byte("late, and malformed")})
	l.drain()
	late := l.published()
	for _, m := range late {
		if logends.Is(m.attributes) {
			l.deliver(m)
		}
	}
	l.stands("a late record was read", countstate.Counting, countstate.ReasonOnTheWay)
	l.deliver(late...)
	l.pass()
	l.stands("it was counted", countstate.Complete, "")
}

// Records behind an open transaction are a part of the log.
func TestStateKnowsOfOpenTransactions(t *testing.T) {
	f := newFixture(t, over())
	l := newLine(t, f)
	l.env["FINAL_AFTER"], l.env["DELAYED_AFTER"] = "5", "3600"
	l.start()
	producer, err := kgo.NewClient(kgo.SeedBrokers(f.brokers), kgo.TransactionalID("dies"), kgo.RecordPartitioner(kgo.ManualPartitioner()))
	must(t, err)
	defer producer.Close()
	must(t, producer.BeginTransaction())
	must(t, producer.ProduceSync(t.Context(), &kgo.Record{Topic: "votes", Partition: 2, Value: []byte("{}")}).FirstErr())
	l.produce(&kgo.Record{Topic: "votes", Partition: 2, Value: []byte("{}")})

	carry := func() {
		// It can't catch up, and says so. It publishes the records that it can read.
		l.call(t.Context(), l.bridge, `{"until":"deadline","seconds":1}`)
		l.deliver(l.published()...)
		l.pass()
	}
	carry()
	l.stands("a transaction is open", countstate.Counting, countstate.ReasonOnTheWay)
	l.env["DELAYED_AFTER"] = "5"
	l.stands("it has been open for a while", countstate.Delayed, countstate.ReasonOpenTransaction)
	l.env["DELAYED_AFTER"] = "3600"
	must(t, producer.EndTransaction(t.Context(), kgo.TryCommit))
	carry()
	l.stands("it has ended", countstate.Complete, "")
}

// A person certifies a complete count. The dashboard says so until the result
// changes.
func TestCertification(t *testing.T) {
	f := newFixture(t, over())
	l := newLine(t, f)
	l.env["FINAL_AFTER"], l.env["DELAYED_AFTER"] = "5", "3600"
	l.start()
	record := func(word certify.Word) error {
		_, err := certify.Record(t.Context(), query.Warehouse{BigQuery: l.client}, l.dashboardConfig().Rules, word, time.Now().Add(10*time.Second))
		return err
	}
	if err := record(certify.Word{By: "Ann"}); !errors.Is(err, certify.ErrIncomplete) {
		t.Errorf("certifying nothing: %v, want a refusal", err)
	}
	l.drain()
	l.deliver(l.published()...)
	l.pass()
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

	el := f.election
	at := el.Opens.Add(time.Hour).Format(time.RFC3339)
	l.produce(
		&kgo.Record{Topic: "voters", Value: fmt.Appendf(nil, `{"voter_id":"late","name":"L","age":40,"gender":"female","state":%q}`, el.Regions[0].ID)},
		&kgo.Record{Topic: "votes", Value: fmt.Appendf(nil, `{"vote_id":"late","voter_id":"late","candidate":%q,"timestamp":%q}`, el.Candidates[0].ID, at)})
	l.drain()
	l.deliver(l.published()...)
	l.pass()
	l.stands("another vote", countstate.Complete, countstate.ReasonCertificationOutdated)
}

// produce writes records to this line's Kafka.
func (l *line) produce(records ...*kgo.Record) {
	l.t.Helper()
	producer, err := kgo.NewClient(kgo.SeedBrokers(l.fixture.brokers), kgo.RecordPartitioner(kgo.ManualPartitioner()))
	must(l.t, err)
	defer producer.Close()
	must(l.t, producer.ProduceSync(l.t.Context(), records...).FirstErr())
}
