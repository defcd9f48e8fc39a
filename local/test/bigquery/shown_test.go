package bigquery_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/tallystream/tallystream/functions/aggregate"
	"github.com/tallystream/tallystream/local/query"
	"github.com/tallystream/tallystream/local/test/bigquerytest"
	"github.com/tallystream/tallystream/local/test/sqlcase"
	"github.com/tallystream/tallystream/shared/warehouse"
)

// shownKey names a row of analytics.shown_hours.
type shownKey struct {
	hour             time.Time
	state, candidate string
}

// TestShownSteps lets a table of exact figures grow in passes. It compares what
// shown.sql shows after each two passes and in the end. Every cell of a region and
// hour must be the same, or differ by small_cell ballots or more.
func TestShownSteps(t *testing.T) {
	const k, passes = 10, 25
	client := bigquerytest.Start(t).Client(t, "shown")
	if err := warehouse.Ensure(t.Context(), client); err != nil {
		t.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(4, 2))
	counted := map[shownKey]int64{}
	documents := []map[shownKey]int64{{}}
	for pass := range passes {
		for range 30 + rng.IntN(120) {
			counted[shownKey{
				hour:      time.Date(2026, 11, 3, 8+rng.IntN(3), 0, 0, 0, time.UTC),
				state:     []string{"TX", "TX", "TX", "OH", "OH", "VT"}[rng.IntN(6)],
				candidate: []string{"ada", "bob", "cy", "cy"}[rng.IntN(4)],
			}]++
		}
		documents = append(documents, passOver(t, client, counted))
		for before := range pass {
			compareCells(t, documents[before], documents[pass+1], k, fmt.Sprintf("passes %d and %d", before, pass+1))
		}
	}
	last := documents[len(documents)-1]
	for before, document := range documents {
		compareCells(t, document, counted, k, fmt.Sprintf("pass %d and the end", before))
	}
	var all, shown int64
	for key, votes := range counted {
		all, shown = all+votes, shown+last[key]
	}
	if cells := int64(9); shown < all-2*k*cells {
		t.Errorf("%d of %d votes are shown, want all but %d a cell", shown, all, 2*k)
	}
}

// passOver replaces the exact figures, takes the steps and returns what is shown.
func passOver(t *testing.T, client *warehouse.Client, counted map[shownKey]int64) map[shownKey]int64 {
	t.Helper()
	var rows []string
	for key, votes := range counted {
		rows = append(rows, fmt.Sprintf("('%s', '%s', '%s', %d, 0, '2026-11-03 12:00:00+00')",
			key.hour.Format("2006-01-02 15:04:05+00"), key.state, key.candidate, votes))
	}
	script := aggregate.Declarations() + `
DELETE FROM analytics.hourly_trends WHERE TRUE;
INSERT INTO analytics.hourly_trends (hour, state, candidate, votes, revision, updated_at) VALUES ` + strings.Join(rows, ", ") + `;
SET first_window = TIMESTAMP '2026-11-03 08:00:00+00';
SET end_window = TIMESTAMP '2026-11-03 11:00:00+00';
CREATE TEMP TABLE touched_windows AS
SELECT DISTINCT 'votes' AS source, 'votes' AS kafka_topic, hour AS window_start FROM analytics.hourly_trends;
` + aggregate.Statement("shown") + `;
SELECT hour, state, candidate, votes FROM analytics.shown_hours;`
	q := client.Query(script)
	q.Parameters = aggregate.NewBigQuery(client, sqlcase.Election).Parameters(aggregate.Pass{
		Started: time.Date(2026, 11, 3, 23, 0, 0, 0, time.UTC), VotesFrom: math.MinInt64, VotersFrom: math.MinInt64, RejectsFrom: math.MinInt64,
	})
	all, err := query.Rows[struct {
		Hour             time.Time
		State, Candidate string
		Votes            int64
	}](t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	shown := map[shownKey]int64{}
	for _, row := range all {
		shown[shownKey{row.Hour.UTC(), row.State, row.Candidate}] = row.Votes
	}
	return shown
}

// compareCells checks that no cell differs by fewer than k ballots.
func compareCells(t *testing.T, before, after map[shownKey]int64, k int64, what string) {
	t.Helper()
	type cell struct {
		hour  time.Time
		state string
	}
	come, gone := map[cell]int64{}, map[cell]int64{}
	for _, document := range []map[shownKey]int64{before, after} {
		for key := range document {
			c := cell{key.hour, key.state}
			come[c], gone[c] = 0, 0
		}
	}
	seen := map[shownKey]bool{}
	for _, document := range []map[shownKey]int64{before, after} {
		for key := range document {
			if seen[key] {
				continue
			}
			seen[key] = true
			c, change := cell{key.hour, key.state}, after[key]-before[key]
			come[c] += max(change, 0)
			gone[c] -= min(change, 0)
		}
	}
	for c := range come {
		if n := max(come[c], gone[c]); n > 0 && n < k {
			t.Errorf("%s: %s at %v differs by %d ballots", what, c.state, c.hour, n)
		}
	}
}
