package aggregate

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"strings"
	"time"

	"cloud.google.com/go/bigquery"
	"google.golang.org/api/googleapi"
	"google.golang.org/api/iterator"

	"github.com/tallystream/tallystream/shared/election"
	"github.com/tallystream/tallystream/shared/warehouse"
)

// BigQuery is the Warehouse on BigQuery. Its datasets are in the client's project and
// have the names of shared/warehouse.
type BigQuery struct {
	client     *warehouse.Client
	date       bigquery.NullDate
	candidates []candidate
	regions    []string
	smallCell  int64
}

// NewBigQuery returns the warehouse behind client for one election.
func NewBigQuery(client *warehouse.Client, e *election.Election) *BigQuery {
	w := &BigQuery{client: client, candidates: candidatesOf(e), regions: regionsOf(e), smallCell: e.SmallestGroup()}
	if !e.Date.IsZero() {
		w.date = bigquery.NullDate{Date: e.Date.Date, Valid: true}
	}
	return w
}

// Progress implements Warehouse.
func (w *BigQuery) Progress(ctx context.Context) ([]Partition, error) {
	return rows[Partition](ctx, w.client.Query(Statement("progress")))
}

// Fresh implements Warehouse.
func (w *BigQuery) Fresh(ctx context.Context, floor time.Time) ([]Fresh, error) {
	q := w.client.Query(Statement("poll"))
	q.Parameters = []bigquery.QueryParameter{{Name: "floor", Value: floor}}
	return rows[Fresh](ctx, q)
}

// Portion implements Warehouse.
func (w *BigQuery) Portion(ctx context.Context, floor time.Time, most int64) (time.Time, error) {
	q := w.client.Query(Statement("portion"))
	q.Parameters = []bigquery.QueryParameter{{Name: "floor", Value: floor}, {Name: "most", Value: most}}
	all, err := rows[struct {
		Until bigquery.NullTimestamp `bigquery:"until"`
	}](ctx, q)
	if err != nil || len(all) == 0 || !all[0].Until.Valid {
		return time.Time{}, err
	}
	return all[0].Until.Timestamp, nil
}

// Pass implements Warehouse.
func (w *BigQuery) Pass(ctx context.Context, p Pass) ([]Partition, error) {
	steps := steps
	if p.VotersFrom == math.MaxInt64 {
		steps = withoutVoters()
	}
	q := w.client.Query(script(steps))
	q.Parameters = w.Parameters(p)
	return rows[Partition](ctx, q)
}

// StepShown implements Warehouse.
func (w *BigQuery) StepShown(ctx context.Context, p Pass) error {
	statement := "shown_live"
	if p.VotersFrom == math.MaxInt64 {
		statement = "shown_live_votes"
	}
	q := w.client.Query(Statement(statement))
	q.Parameters = w.Parameters(p)
	_, err := rows[struct{}](ctx, q)
	return err
}

// end is after any ingest time.
var end = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)

// Parameters returns the parameters of the statements of a pass.
func (w *BigQuery) Parameters(p Pass) []bigquery.QueryParameter {
	if p.Until.IsZero() {
		p.Until = end
	}
	return []bigquery.QueryParameter{
		{Name: "started", Value: p.Started},
		{Name: "floor", Value: p.Floor},
		{Name: "until", Value: p.Until},
		{Name: "votes_from", Value: p.VotesFrom},
		{Name: "voters_from", Value: p.VotersFrom},
		{Name: "rejects_from", Value: p.RejectsFrom},
		{Name: "election_date", Value: w.date},
		{Name: "candidates", Value: w.candidates},
		{Name: "regions", Value: w.regions},
		{Name: "small_cell", Value: w.smallCell},
	}
}

// rows runs a query and returns all rows of its result.
func rows[T any](ctx context.Context, q *bigquery.Query) ([]T, error) {
	return all[T](q.Read(ctx))
}

// all returns what is left of rows, unless they couldn't be had.
func all[T any](it *bigquery.RowIterator, err error) ([]T, error) {
	if err != nil {
		return nil, explain(err)
	}
	var list []T
	for {
		var row T
		switch err := it.Next(&row); {
		case errors.Is(err, iterator.Done):
			return list, nil
		case err != nil:
			return nil, explain(err)
		}
		list = append(list, row)
	}
}

// concurrentUpdate is a part of both messages by which BigQuery says that two changes
// of a table conflict: "Transaction is aborted due to concurrent update against table
// …" and "Could not serialize access to table … due to concurrent update".
const concurrentUpdate = "due to concurrent update"

// explain makes a conflict ErrConflict, and adds what to do to the error of a missing
// table.
func explain(err error) error {
	var api *googleapi.Error
	switch {
	case strings.Contains(err.Error(), concurrentUpdate):
		return fmt.Errorf("%w (%v)", ErrConflict, err)
	case errors.As(err, &api) && api.Code == http.StatusNotFound:
		return fmt.Errorf("%w: create the tables with terraform apply (or the local runner)", err)
	}
	return err
}
