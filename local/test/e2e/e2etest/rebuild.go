package e2etest

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tallystream/tallystream/local/query"
)

// Rebuild has the aggregation derive tables from raw again: all, or a range.
func (l *Line) Rebuild(what string) {
	l.t.Helper()
	body := fmt.Sprintf(`{"rebuild":%s,"seconds":60}`, what)
	if code, answer := l.Call(context.WithoutCancel(l.t.Context()), l.Aggregate, body); code != http.StatusOK {
		l.t.Errorf("rebuild %s: %d %s", what, code, answer)
	}
}

// Damage changes every table that is derived from raw: rows are missing, changed, doubled
// or invented. progress has it change those too that only a rebuild of everything mends.
func (l *Line) Damage(progress bool) {
	l.t.Helper()
	d := l.Tables.Dialect()
	invented := func(table, column, value, where string) string {
		return "INSERT INTO " + table + " " + d.Changed(table, column, value) + " WHERE " + where
	}
	const least = " = (SELECT MIN(candidate) FROM "
	changed := []string{
		`DELETE FROM core.ballots WHERE MOD(kafka_offset, 7) = 0`,
		`UPDATE core.ballots SET voted_at = ` + d.Later("voted_at", "5400") + ` WHERE MOD(kafka_offset, 11) = 0`,
		invented("core.ballots", "voter_key", "CONCAT('-', voter_key)", "MOD(kafka_offset, 13) = 1"),
		`DELETE FROM core.voters WHERE MOD(kafka_offset, 5) = 0`,
		`DELETE FROM core.duplicates WHERE MOD(kafka_offset, 2) = 0`,
		`DELETE FROM core.electorate_windows WHERE registered = 1`,
		invented("core.vote_windows", "candidate", "'nobody'", "candidate"+least+"core.vote_windows)"),
		`DELETE FROM core.vote_windows WHERE MOD(EXTRACT(MINUTE FROM window_start), 7) = 0`,
		`UPDATE core.vote_hours SET votes = votes + 1 WHERE TRUE`,
		`UPDATE core.book_windows SET accepted = accepted + 2 WHERE MOD(kafka_partition, 2) = 1`,
		invented("analytics.hourly_trends", "candidate", "'nobody'", "candidate"+least+"analytics.hourly_trends)"),
		`UPDATE analytics.shown_hours SET votes = votes + 1 WHERE MOD(votes, 2) = 0`,
		`UPDATE analytics.candidate_totals SET votes = 7, share = 1 WHERE TRUE`,
		`DELETE FROM analytics.demographic_analysis WHERE voted > 0`,
		`UPDATE analytics.books SET accepted = accepted + 1 WHERE TRUE`,
	}
	doubled := []string{
		`core.voters WHERE MOD(kafka_offset, 9) = 1`,
		`core.duplicates`,
		`core.electorate_windows`,
		`core.vote_windows WHERE MOD(EXTRACT(MINUTE FROM window_start), 2) = 0`,
		`core.vote_hours WHERE MOD(votes, 3) = 1`,
		`core.book_windows WHERE MOD(kafka_partition, 2) = 0`,
		`analytics.hourly_trends`,
		`analytics.shown_hours`,
		`analytics.regional_turnout`,
	}
	if progress {
		changed = append(changed,
			`UPDATE analytics.rejections SET rejected = 9 WHERE TRUE`,
			`UPDATE core.progress SET next_offset = 3, records = 99, rejected = 4 WHERE kafka_partition = 0`,
			invented("analytics.books", "kafka_topic", "'other'", "TRUE"))
		doubled = append(doubled, `core.progress WHERE kafka_partition = 1`)
	}
	for _, sql := range changed {
		l.Exec(sql)
	}
	for _, rows := range doubled {
		table, _, _ := strings.Cut(rows, " ")
		l.double("INSERT INTO " + table + " SELECT * FROM " + rows)
	}
}

// double runs a statement that makes several rows of one key. It has to fail where tables
// have keys.
func (l *Line) double(sql string) {
	l.t.Helper()
	err := l.Tables.Client().Exec(l.t.Context(), sql, nil)
	if keys := l.Tables.Dialect().Keys; keys != (err != nil) {
		l.t.Errorf("%s: error %v; are there keys? %v", sql, err, keys)
	}
}

func rebuildMendsEverything(t *testing.T, w Warehouse) {
	l := NewLine(t, w, NewFixture(t, Small()))
	l.Drain()
	l.Deliver(l.Messages()...)
	l.Pass()
	for _, what := range []string{`"all"`, `{"from":"2026-01-01T00:00:00Z","to":"2100-01-01T00:00:00Z"}`} {
		l.Damage(what == `"all"`)
		if l.Verify().OK() {
			t.Fatal("the tables aren't damaged")
		}
		l.Rebuild(what)
		l.Check()
		l.Clean()
	}
}

// A rebuild of right tables changes nothing that a reader sees.
func rebuildOfARange(t *testing.T, w Warehouse) {
	f := NewFixture(t, Small())
	l := NewLine(t, w, f)
	l.Drain()
	for part := range slices.Chunk(shuffle(5, Rebatch(t, l.Messages(), 300)), 3) {
		l.Deliver(part...)
		l.Pass()
	}
	opens := f.Election.Opens.Add(90 * time.Minute)
	span := fmt.Sprintf(`{"from":%q,"to":%q}`, opens.Format(time.RFC3339), opens.Add(3*time.Hour).Format(time.RFC3339))
	revisions := `SELECT (SELECT SUM(revision) FROM core.vote_windows) * 1000000 + (SELECT SUM(revision) FROM analytics.hourly_trends) * 1000
		+ (SELECT COUNT(*) FROM analytics.amendments)`
	before := l.Count(revisions)
	l.Rebuild(span)
	l.Check()
	l.Clean()
	if after := l.Count(revisions); after != before {
		t.Errorf("revisions and amendments are %d after the rebuild, want %d", after, before)
	}

	// Errors in the range are mended.
	hour := opens.Add(time.Hour).Truncate(time.Hour)
	at := query.Parameters{"hour": hour, "end": hour.Add(time.Hour)}
	for _, damage := range []string{
		`DELETE FROM core.ballots WHERE voted_at >= @hour AND voted_at < @end`,
		`UPDATE core.vote_windows SET votes = votes + 5 WHERE window_start >= @hour AND window_start < @end`,
		`UPDATE analytics.hourly_trends SET votes = 2 * votes WHERE hour >= @hour AND hour < @end`,
		`INSERT INTO analytics.shown_hours (hour, state, candidate, votes, updated_at)
		 SELECT hour, state, 'nobody', SUM(votes), MAX(updated_at) FROM analytics.hourly_trends WHERE hour >= @hour AND hour < @end GROUP BY hour, state`,
	} {
		must(t, l.Tables.Client().Exec(t.Context(), damage, at))
	}
	l.Rebuild(span)
	l.Check()
	l.Clean()
}

// Everything is rebuilt while votes come in, passes run and readers read.
func rebuildWhileVotesComeIn(t *testing.T, w Warehouse) {
	f := NewFixture(t, Small())
	l := NewLine(t, w, f)
	l.Drain()
	all := shuffle(6, Rebatch(t, l.Messages(), 60))
	half := len(all) / 2
	l.Deliver(all[:half]...)
	l.Pass()
	shown := `SELECT COALESCE(SUM(votes), 0) FROM analytics.candidate_totals`
	least := l.Count(shown)

	var wg sync.WaitGroup
	done := make(chan struct{})
	wg.Go(func() {
		defer close(done)
		for _, part := range [][]Message{all[half : half+len(all)/4], all[half+len(all)/4:]} {
			l.Deliver(part...)
			l.Rebuild(`"all"`)
			l.Rebuild(`{"from":"2026-11-03T00:00:00Z","to":"2026-11-05T00:00:00Z"}`)
		}
	})
	wg.Go(func() {
		for {
			select {
			case <-done:
				return
			default:
				l.Pass()
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
		if n := l.Count(shown); n < least {
			t.Errorf("a reader sees %d votes, want %d or more", n, least)
			break
		}
		reads++
	}
	wg.Wait()
	l.Pass()
	l.Check()
	l.Clean()
	if reads < 3 {
		t.Errorf("%d reads, want some while the tables were rebuilt", reads)
	}
}
