package aggregate

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"cloud.google.com/go/bigquery"
	"google.golang.org/api/googleapi"

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
	// is. The error is ErrConflict if a pass ran at the same time, and ErrRunning if a
	// rebuild that has an id hasn't ended when its patience has.
	Rebuild(ctx context.Context, r Rebuild) ([]Partition, error)
}

// A Rebuild says what to derive from raw again.
type Rebuild struct {
	Started time.Time // becomes updated_at of the rows that change
	drain.Range

	// ID names one try. A rebuild with an ID runs in the warehouse whether somebody
	// waits for it or not: a second one with the same ID waits for the first, or has its
	// result. Empty is a rebuild that ends with its caller.
	ID       string
	Patience time.Time // until when to wait for one that has an ID
}

// ErrRunning says that a rebuild goes on in the warehouse.
var ErrRunning = errors.New("the rebuild goes on")

// rebuild derives tables from raw again. Passes may run at the same time. Readers see
// the tables as they were until all of them are replaced. After a conflict with a pass
// the rebuild begins again, until end.
//
// The tries of an operation have ids, "rebuild-OPERATION-1" and so on. So a call goes
// through those of the calls before it, to the first that didn't end in a conflict.
func (a *aggregator) rebuild(ctx context.Context, r drain.Range, operation string, end time.Time) (s drain.AggregateSummary, err error) {
	started := a.now()
	defer func() { s.Seconds = a.now().Sub(started).Seconds() }()
	w, ok := a.warehouse.(Rebuilder)
	if !ok {
		return s, errors.New("this warehouse can't be rebuilt")
	}
	for try := 1; ; try++ {
		before, err := a.warehouse.Progress(ctx)
		if err != nil {
			return s, fmt.Errorf("read core.progress: %w", err)
		}
		one := Rebuild{Started: a.now(), Range: r, Patience: end}
		if operation != "" {
			one.ID = fmt.Sprintf("rebuild-%s-%d", operation, try)
		}
		after, err := w.Rebuild(ctx, one)
		switch {
		case errors.Is(err, ErrRunning):
			s.Running = true
			return s, nil
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

// Rebuild implements Rebuilder.
func (w *BigQuery) Rebuild(ctx context.Context, r Rebuild) ([]Partition, error) {
	q := w.client.Query(script(rebuildAllSteps()))
	span := r.Range
	if !span.All() {
		q = w.client.Query(script(rebuildSteps()))
		span = wholeHours(span)
	}
	q.Parameters = w.Parameters(Pass{Started: r.Started, Floor: beginning})
	if !span.All() {
		q.Parameters = append(q.Parameters,
			bigquery.QueryParameter{Name: "rebuild_from", Value: span.From},
			bigquery.QueryParameter{Name: "rebuild_to", Value: span.To})
	}
	if r.ID == "" {
		return rows[Partition](ctx, q)
	}
	return w.outliving(ctx, q, r)
}

// outliving starts a rebuild as a job of its id, unless there is one, and waits for the
// rows of its result.
func (w *BigQuery) outliving(ctx context.Context, q *bigquery.Query, r Rebuild) ([]Partition, error) {
	q.JobID = r.ID
	job, err := q.Run(ctx)
	var api *googleapi.Error
	if errors.As(err, &api) && api.Code == http.StatusConflict {
		job, err = w.client.JobFromID(ctx, r.ID)
	}
	if err != nil {
		return nil, explain(err)
	}
	patient, cancel := context.WithDeadline(ctx, r.Patience)
	defer cancel()
	result, err := all[Partition](job.Read(patient))
	if err != nil && patient.Err() != nil && ctx.Err() == nil {
		return nil, ErrRunning
	}
	return result, err
}
