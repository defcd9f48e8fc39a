package query

import (
	"context"
	"fmt"

	"cloud.google.com/go/bigquery"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/tallystream/tallystream/shared/endpoint"
	"github.com/tallystream/tallystream/shared/postgres"
	"github.com/tallystream/tallystream/shared/warehouse"
)

// A Warehouse runs statements in BigQuery or PostgreSQL: one of its clients is set.
type Warehouse struct {
	BigQuery *warehouse.Client
	Postgres *pgxpool.Pool
}

// Open connects to a warehouse. A database of PostgreSQL must have the schema of this
// program. name is what the program does, as PostgreSQL shows it.
func Open(ctx context.Context, e endpoint.Warehouse, name string) (w Warehouse, err error) {
	if e.Kind == endpoint.Postgres {
		if w.Postgres, err = e.NewPostgres(name); err != nil {
			return w, err
		}
		if err := postgres.CheckVersion(ctx, w.Postgres); err != nil {
			w.Postgres.Close()
			return w, err
		}
		return w, nil
	}
	cloud := e.Cloud
	cloud.PubSub = "" // isn't asked
	if err := cloud.Reach(ctx); err != nil {
		return w, fmt.Errorf("%w; a system on PostgreSQL is named by WAREHOUSE=%s", err, endpoint.Postgres)
	}
	w.BigQuery, err = cloud.NewBigQuery(ctx)
	return w, err
}

// Close closes the connections.
func (w Warehouse) Close() error {
	if w.Postgres != nil {
		w.Postgres.Close()
		return nil
	}
	return w.BigQuery.Close()
}

// beginRead begins the transaction of a query in PostgreSQL. It can't change anything.
// Queries of this program join whole tables by columns that depend on each other. The
// planner takes them for independent and expects one row where there are all: a nested
// loop would take hours.
const beginRead = "BEGIN READ ONLY; SET LOCAL enable_nestloop = off; SET LOCAL jit = off; SET LOCAL work_mem = '64MB'"

// Parameters are the values of @name in a statement.
type Parameters map[string]any

// Select runs a query and returns its rows. T is a struct with a field for each column,
// as the tags bigquery and db say; without the tag db, as the field is named.
func Select[T any](ctx context.Context, w Warehouse, sql string, p Parameters) ([]T, error) {
	if w.Postgres == nil {
		return Rows[T](ctx, w.statement(sql, p))
	}
	var all []T
	err := pgx.BeginTxFunc(ctx, w.Postgres, pgx.TxOptions{BeginQuery: beginRead}, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, sql, pgx.NamedArgs(p))
		if err != nil {
			return err
		}
		all, err = pgx.CollectRows(rows, pgx.RowToStructByName[T])
		return err
	})
	return all, postgres.Explain(err)
}

// Exec runs a statement, and waits for its end.
func (w Warehouse) Exec(ctx context.Context, sql string, p Parameters) error {
	if w.Postgres == nil {
		return Exec(ctx, w.statement(sql, p))
	}
	_, err := w.Postgres.Exec(ctx, sql, pgx.NamedArgs(p))
	return postgres.Explain(err)
}

// statement is a statement of BigQuery.
func (w Warehouse) statement(sql string, p Parameters) *bigquery.Query {
	q := w.BigQuery.Query(sql)
	for name, value := range p {
		q.Parameters = append(q.Parameters, bigquery.QueryParameter{Name: name, Value: value})
	}
	return q
}
