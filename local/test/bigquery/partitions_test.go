package bigquery_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"cloud.google.com/go/bigquery"

	"github.com/tallystream/tallystream/functions/aggregate"
	"github.com/tallystream/tallystream/local/test/e2e/e2etest"
	"github.com/tallystream/tallystream/shared/drain"
	"github.com/tallystream/tallystream/shared/warehouse"
)

// Registrations have dates in all years that are accepted, and votes have times over
// a year. No pass may reach a limit of BigQuery's partitions, whatever the times of
// records are.
func TestTimesFarApart(t *testing.T) {
	t.Parallel()
	h := e2etest.NewHand(t, 2)
	first, noon := time.Date(2000, 1, 1, 12, 0, 0, 0, time.UTC), time.Date(2026, 11, 3, 12, 0, 0, 0, time.UTC)
	const apart = 3 // days, and hours
	const voters, hours, again = 36_525 / apart, 366 * 24 / apart, 4_100
	for i := range voters {
		voter, day := fmt.Sprint("v-", i), first.AddDate(0, 0, i*apart)
		h.Register(voter, day)
		if i < hours {
			h.Vote(voter, "a", noon, noon.Add(-time.Duration(i*apart)*time.Hour))
		} else {
			h.Vote(voter, "b", day, day.Add(-time.Minute))
		}
	}
	for i := range again { // records that don't count, each of a day of its own
		voter, day := fmt.Sprint("v-", voters-1-i), first.AddDate(0, 0, i)
		h.Register(voter, day)
		h.Vote(voter, "c", day.AddDate(70, 0, 0), day.AddDate(70, 0, 0))
	}
	h.Flush()
	l := e2etest.NewLine(t, server, h.Fixture)
	l.Drain()
	l.Deliver(l.Messages()...)

	for _, table := range []string{
		"core.voters", "core.ballots", "core.duplicates", "core.electorate_windows",
		"core.vote_windows", "core.book_windows", "core.vote_hours", "analytics.hourly_trends",
	} {
		t.Run(table+" by day", func(t *testing.T) { failsByDay(t, l, table) })
	}
	l.Pass()
	l.Check()
	l.Amended()

	// Voters of all years register again, a day later. Rows of all partitions change in
	// one pass, and those at the end of a month move to the next partition.
	for i := range voters {
		if i%2 == 0 {
			h.Register(fmt.Sprint("v-", i), first.AddDate(0, 0, i*apart+1))
		}
	}
	h.Flush()
	l.Drain()
	l.Deliver(l.Messages()...)
	l.Pass()
	l.Check()
	if code, answer := l.Call(t.Context(), l.Aggregate, `{"rebuild": "all"}`); code != 200 {
		t.Fatalf("rebuild: %d %s", code, answer)
	}
	l.Check()
}

// failsByDay partitions a table by day instead of month. The pass has to fail, and to
// change nothing.
func failsByDay(t *testing.T, l *e2etest.Line, id string) {
	definition := warehouse.TableNamed(id)
	definition.Partitioning.Type = "DAY"
	replace(t, l, id, definition.Metadata())
	a := aggregate.NewWith(aggregate.Config{}, l.Tables.Aggregation(t, l.Fixture.Election, nil))
	_, err := a.Drain(t.Context(), drain.AggregateRequest{Request: drain.Request{Until: drain.CaughtUp, Seconds: 600}})
	const limit = "Too many partitions produced by query, allowed 4000, query produces at least "
	if err == nil || !strings.Contains(err.Error(), limit) {
		t.Errorf("a pass with %s by day: %v, want %s…", id, err, limit)
	}
	if rows := l.Count("SELECT COUNT(*) FROM core.progress"); rows != 0 {
		t.Errorf("%d partitions are settled", rows)
	}
	replace(t, l, id, warehouse.TableNamed(id).Metadata())
}

// replace creates an empty table again.
func replace(t *testing.T, l *e2etest.Line, id string, as *bigquery.TableMetadata) {
	dataset, name, _ := strings.Cut(id, ".")
	table := l.Tables.Client().BigQuery.Dataset(dataset).Table(name)
	must(t, table.Delete(t.Context()))
	must(t, table.Create(t.Context(), as))
}
