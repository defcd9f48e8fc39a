package e2e_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"cloud.google.com/go/bigquery"

	"github.com/tallystream/tallystream/shared/drain"
)

// rebuild has the aggregation derive tables from raw again: all, or a range.
func (l *line) rebuild(what string) {
	l.t.Helper()
	body := fmt.Sprintf(`{"rebuild":%s,"seconds":60}`, what)
	if code, answer := l.call(context.WithoutCancel(l.t.Context()), l.aggregate, body); code != http.StatusOK {
		l.t.Errorf("rebuild %s: %d %s", what, code, answer)
	}
}

// damages change every table that is derived from raw: rows are missing, changed,
// doubled or invented.
var damages = []string{
	`DELETE FROM core.ballots WHERE MOD(kafka_offset, 7) = 0`,
	`UPDATE core.ballots SET voted_at = TIMESTAMP_ADD(voted_at, INTERVAL 90 MINUTE) WHERE MOD(kafka_offset, 11) = 0`,
	`INSERT INTO core.ballots SELECT * REPLACE (CONCAT('-', voter_key) AS voter_key) FROM core.ballots LIMIT 9`,
	`DELETE FROM core.voters WHERE MOD(kafka_offset, 5) = 0`,
	`INSERT INTO core.voters SELECT * FROM core.voters WHERE MOD(kafka_offset, 9) = 1`,
	`DELETE FROM core.duplicates WHERE MOD(kafka_offset, 2) = 0`,
	`INSERT INTO core.duplicates SELECT * FROM core.duplicates`,
	`DELETE FROM core.electorate_windows WHERE registered = 1`,
	`INSERT INTO core.electorate_windows SELECT * FROM core.electorate_windows`,
	`INSERT INTO core.vote_windows SELECT * FROM core.vote_windows WHERE MOD(EXTRACT(MINUTE FROM window_start), 2) = 0`,
	`INSERT INTO core.vote_windows SELECT * REPLACE ('nobody' AS candidate) FROM core.vote_windows LIMIT 3`,
	`DELETE FROM core.vote_windows WHERE MOD(EXTRACT(MINUTE FROM window_start), 7) = 0`,
	`UPDATE core.vote_hours SET votes = votes + 1 WHERE TRUE`,
	`INSERT INTO core.vote_hours SELECT * FROM core.vote_hours LIMIT 3`,
	`INSERT INTO core.book_windows SELECT * FROM core.book_windows LIMIT 3`,
	`UPDATE core.book_windows SET accepted = accepted + 2 WHERE MOD(kafka_partition, 2) = 1`,
	`INSERT INTO analytics.hourly_trends SELECT * REPLACE ('nobody' AS candidate) FROM analytics.hourly_trends`,
	`INSERT INTO analytics.shown_hours SELECT hour, state, candidate, votes, updated_at FROM analytics.hourly_trends`,
	`INSERT INTO analytics.shown_hours SELECT * FROM analytics.shown_hours`,
	`UPDATE analytics.candidate_totals SET votes = 7, share = 1 WHERE TRUE`,
	`INSERT INTO analytics.regional_turnout SELECT * FROM analytics.regional_turnout`,
	`DELETE FROM analytics.demographic_analysis WHERE voted > 0`,
	`UPDATE analytics.books SET accepted = accepted + 1 WHERE TRUE`,
}

// damagedProgress is mended by a rebuild of everything only.
var damagedProgress = []string{
	`UPDATE analytics.rejections SET rejected = 9 WHERE TRUE`,
	`UPDATE core.progress SET next_offset = 3, records = 99, rejected = 4 WHERE kafka_partition = 0`,
	`INSERT INTO core.progress SELECT * FROM core.progress WHERE kafka_partition = 1`,
	`INSERT INTO analytics.books SELECT * REPLACE ('other' AS kafka_topic) FROM analytics.books`,
}

func TestRebuildMendsEverything(t *testing.T) {
	l := newLine(t, newFixture(t, small()))
	l.drain()
	l.deliver(l.messages()...)
	l.pass()
	for _, what := range []string{`"all"`, `{"from":"2026-01-01T00:00:00Z","to":"2027-01-01T00:00:00Z"}`} {
		statements := damages
		if what == `"all"` {
			statements = slices.Concat(damages, damagedProgress)
		}
		for _, damage := range statements {
			l.exec(damage)
		}
		if l.verify().OK() {
			t.Fatal("the tables aren't damaged")
		}
		l.rebuild(what)
		l.check()
		l.clean()
	}
}

// A rebuild that has a name outlives a call whose time is up, and runs once, however often
// it is called.
func TestRebuildOfAnOperation(t *testing.T) {
	l := newLine(t, newFixture(t, small()))
	l.drain()
	l.deliver(l.messages()...)
	l.pass()
	call := func(operation string, seconds float64) (s drain.AggregateSummary) {
		t.Helper()
		body := fmt.Sprintf(`{"rebuild":"all","operation":%q,"seconds":%g}`, operation, seconds)
		code, answer := l.call(t.Context(), l.aggregate, body)
		if err := json.Unmarshal([]byte(answer), &s); err != nil || code != http.StatusOK {
			t.Fatalf("%s: %d %s", body, code, answer)
		}
		return s
	}
	damage := func() {
		for _, d := range damages {
			l.exec(d)
		}
	}
	damage()
	if s := call("first", 1e-9); !s.Running {
		t.Errorf("a call that waits for nothing says %+v", s)
	}
	call("first", 60)
	l.check()
	damage()
	if s := call("first", 60); s.Passes != 1 || s.Running || l.verify().OK() {
		t.Errorf("an operation that has ended was run again: %+v", s)
	}
	call("second", 60)
	l.check()
}

// A rebuild of right tables changes nothing that a reader sees.
func TestRebuildOfARange(t *testing.T) {
	f := newFixture(t, small())
	l := newLine(t, f)
	l.drain()
	for part := range slices.Chunk(shuffle(5, rebatch(t, l.messages(), 300)), 3) {
		l.deliver(part...)
		l.pass()
	}
	opens := f.election.Opens.Add(90 * time.Minute)
	span := fmt.Sprintf(`{"from":%q,"to":%q}`, opens.Format(time.RFC3339), opens.Add(3*time.Hour).Format(time.RFC3339))
	revisions := `SELECT (SELECT SUM(revision) FROM core.vote_windows) * 1000000 + (SELECT SUM(revision) FROM analytics.hourly_trends) * 1000
		+ (SELECT COUNT(*) FROM analytics.amendments)`
	before := l.count(revisions)
	l.rebuild(span)
	l.check()
	l.clean()
	if after := l.count(revisions); after != before {
		t.Errorf("revisions and amendments are %d after the rebuild, want %d", after, before)
	}

	// Errors in the range are mended.
	hour := opens.Add(time.Hour).Truncate(time.Hour)
	at := bigquery.QueryParameter{Name: "hour", Value: hour}
	for _, damage := range []string{
		`DELETE FROM core.ballots WHERE TIMESTAMP_TRUNC(voted_at, HOUR) = @hour`,
		`UPDATE core.vote_windows SET votes = votes + 5 WHERE TIMESTAMP_TRUNC(window_start, HOUR) = @hour`,
		`INSERT INTO analytics.hourly_trends SELECT * FROM analytics.hourly_trends WHERE hour = @hour`,
		`INSERT INTO analytics.shown_hours SELECT hour, state, 'nobody', votes, updated_at FROM analytics.hourly_trends WHERE hour = @hour`,
	} {
		q := l.client.Query(damage)
		q.Parameters = []bigquery.QueryParameter{at}
		_, err := q.Read(t.Context())
		must(t, err)
	}
	l.rebuild(span)
	l.check()
	l.clean()
}

// Everything is rebuilt while votes come in, passes run and readers read.
func TestRebuildWhileVotesComeIn(t *testing.T) {
	f := newFixture(t, small())
	l := newLine(t, f)
	l.drain()
	all := shuffle(6, rebatch(t, l.messages(), 60))
	half := len(all) / 2
	l.deliver(all[:half]...)
	l.pass()
	shown := `SELECT IFNULL(SUM(votes), 0) FROM analytics.candidate_totals`
	least := l.count(shown)

	var wg sync.WaitGroup
	done := make(chan struct{})
	wg.Go(func() {
		defer close(done)
		for _, part := range [][]message{all[half : half+len(all)/4], all[half+len(all)/4:]} {
			l.deliver(part...)
			l.rebuild(`"all"`)
			l.rebuild(`{"from":"2026-11-03T00:00:00Z","to":"2026-11-05T00:00:00Z"}`)
		}
	})
	wg.Go(func() {
		for {
			select {
			case <-done:
				return
			default:
				l.pass()
			}
		}
	})
	reads := 0
	for open := true; open; {
		select {
		case <-done:
			open = false
		default:
		}
		if n := l.count(shown); n < least {
			t.Errorf("a reader sees %d votes, want %d or more", n, least)
			break
		}
		reads++
	}
	wg.Wait()
	l.pass()
	l.check()
	l.clean()
	if reads < 3 {
		t.Errorf("%d reads, want some while the tables were rebuilt", reads)
	}
}
