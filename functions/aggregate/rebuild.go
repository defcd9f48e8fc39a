package aggregate

import (
	"context"
	"errors"
	"fmt"
	"time"

	"cloud.google.com/go/bigquery"

	"github.com/tallystream/tallystream/shared/drain"
	"github.com/tallystream/tallystream/shared/function"
)

// wholeHours returns the range with its ends moved outwards to full hours: hours are
// summed from all of their minutes.
func wholeHours(r drain.Range) drain.Range {
	to := r.To.UTC().Truncate(time.Hour)
	if to.Before(r.To) {
		to = to.Add(time.Hour)
	}
	return drain.Range{From: r.From.UTC().Truncate(time.Hour), To: to}
}

// A Rebuilder is a Warehouse that can also derive tables from raw again.
type Rebuilder interface {
	// Rebuild deletes what the tables of core and analytics hold of a range and
	// derives it from raw again, together with what is new. It is atomic, as a pass
	// is. The error is ErrConflict if a pass ran at the same time.
	Rebuild(ctx context.Context, started time.Time, r drain.Range) ([]Partition, error)
}

// rebuild derives tables from raw again. Passes may run at the same time. Readers see
// the tables as they were until all of them are replaced. After a conflict with a pass
// the rebuild begins again, until end.
func (a *aggregator) rebuild(ctx context.Context, r drain.Range, end time.Time) (s drain.AggregateSummary, err error) {
	started := a.now()
	defer func() { s.Seconds = a.now().Sub(started).Seconds() }()
	w, ok := a.warehouse.(Rebuilder)
	if !ok {
		return s, errors.New("this warehouse can't be rebuilt")
	}
	for {
		before, err := a.warehouse.Progress(ctx)
		if err != nil {
			return s, fmt.Errorf("read core.progress: %w", err)
		}
		after, err := w.Rebuild(ctx, a.now(), r)
		switch {
		case err == nil:
			s.Passes++
			s.Records = advance(before, after)
			s.Waiting, s.Unbalanced = waiting(after), unbalanced(after)
			return s, nil
		case !errors.Is(err, ErrConflict):
			return s, fmt.Errorf("rebuild: %w", err)
		}
		s.Conflicts++
		if !a.now().Add(betweenTries).Before(end) {
			return s, fmt.Errorf("rebuild: %w each time: ask for more seconds, or pause the passes", err)
		}
		if err := a.wait(ctx, betweenTries); err != nil {
			return s, err
		}
		if a.isClosing() {
			return s, function.ErrClosing
		}
	}
}

// A windowTable is a table with one row per window and group.
type windowTable struct {
	Table string
	Time  string // the column with the start of the window
	Key   string // the columns that identify a row, Time first
}

// windowTables are the tables of which a rebuild of a range deletes repeated rows.
var windowTables = []windowTable{
	{"core.electorate_windows", "window_start", "window_start, state, age_group, gender"},
	{"core.vote_windows", "window_start", "window_start, candidate, state, age_group, gender"},
	{"core.book_windows", "window_start", "window_start, kafka_topic, kafka_topic_id, kafka_partition"},
	{"core.vote_hours", "hour", "hour, candidate, state, age_group, gender"},
	{"analytics.hourly_trends", "hour", "hour, state, candidate"},
	{"analytics.shown_hours", "hour", "hour, state, candidate"},
}

// rebuildAllSteps are the steps of a rebuild of everything: a pass that finds nothing
// settled.
func rebuildAllSteps() []string {
	all := []string{"rebuild_all"}
	for _, step := range steps {
		all = append(all, step)
		if step == "shown" {
			all = append(all, "rebuild_shown")
		}
	}
	return all
}

// rebuildSteps are the steps of a rebuild of a range: a pass in which all records of
// the range's voters are new.
func rebuildSteps() []string {
	all := []string{"rebuild_affected", "rebuild_outdated", "rebuild_forget"}
	for _, step := range steps {
		switch step {
		case "fresh_records":
			all = append(all, step, "rebuild_settled")
		case "touched_windows":
			all = append(all, "rebuild_windows")
		case "touched_range":
			all = append(all, step, "published", "rebuild_repeated")
		case "published": // it ran after touched_range, before rows are deleted
		case "election_day":
			all = append(all, step, "rebuild_totals")
		case "shown":
			all = append(all, step, "rebuild_shown")
		default:
			all = append(all, step)
		}
	}
	return all
}

// Rebuild implements Rebuilder.
func (w *BigQuery) Rebuild(ctx context.Context, started time.Time, r drain.Range) ([]Partition, error) {
	sql := script(rebuildAllSteps())
	if !r.All() {
		sql = script(rebuildSteps())
		r = wholeHours(r)
	}
	q := w.client.Query(sql)
	q.Parameters = w.Parameters(Pass{Started: started, Floor: beginning})
	if !r.All() {
		q.Parameters = append(q.Parameters,
			bigquery.QueryParameter{Name: "rebuild_from", Value: r.From},
			bigquery.QueryParameter{Name: "rebuild_to", Value: r.To})
	}
	return rows[Partition](ctx, q)
}
