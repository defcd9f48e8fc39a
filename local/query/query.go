// Package query runs statements in a warehouse, BigQuery or PostgreSQL, and reads the
// results of queries.
package query

import (
	"context"
	"errors"

	"cloud.google.com/go/bigquery"
	"google.golang.org/api/iterator"
)

// Rows runs a query and returns its rows.
func Rows[T any](ctx context.Context, q *bigquery.Query) ([]T, error) {
	it, err := q.Read(ctx)
	if err != nil {
		return nil, err
	}
	var all []T
	for {
		var row T
		switch err := it.Next(&row); {
		case errors.Is(err, iterator.Done):
			return all, nil
		case err != nil:
			return nil, err
		}
		all = append(all, row)
	}
}

// Row runs a query whose result is one row, and returns that.
func Row[T any](ctx context.Context, q *bigquery.Query) (row T, err error) {
	it, err := q.Read(ctx)
	if err != nil {
		return row, err
	}
	err = it.Next(&row)
	if errors.Is(err, iterator.Done) {
		err = errors.New("the query has no row, want one")
	}
	return row, err
}

// Exec runs a statement or a script, and waits for its end.
func Exec(ctx context.Context, q *bigquery.Query) error {
	job, err := q.Run(ctx)
	if err != nil {
		return err
	}
	status, err := job.Wait(ctx)
	if err != nil {
		return err
	}
	return status.Err()
}
