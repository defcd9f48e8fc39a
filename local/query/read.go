package query

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"cloud.google.com/go/bigquery"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
	"google.golang.org/api/iterator"
)

// mostRows is how many rows of a table of voters are read by one query: the
// emulator keeps results in memory.
const mostRows = 100_000

// keyAlphabet are the characters that a voter's key may begin with.
const keyAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

// Read calls row with the values of the columns for each row of a table (dataset.table),
// in any order, and stops at row's first error. Values are nil, string (of a day of
// PostgreSQL 2006-01-02), int64, float64, time.Time or civil.Date.
func (w Warehouse) Read(ctx context.Context, table string, columns []string, row func([]any) error) error {
	if w.Postgres != nil {
		return w.readPostgres(ctx, table, columns, row)
	}
	return w.readBigQuery(ctx, table, columns, row)
}

// readBigQuery reads a table by one query, or a large one by a query for each first
// character of a voter's key. The table shouldn't change meanwhile.
func (w Warehouse) readBigQuery(ctx context.Context, table string, columns []string, row func([]any) error) error {
	name := fmt.Sprintf("`%s.%s%s`", w.BigQuery.Project(), w.BigQuery.Prefix, table)
	all := fmt.Sprintf("SELECT %s FROM %s", strings.Join(columns, ", "), name)
	if !slices.Contains(columns, "voter_key") {
		return w.values(ctx, all, nil, row)
	}
	var rows int64
	if err := w.values(ctx, "SELECT COUNT(*) FROM "+name, nil, func(values []any) error {
		rows = values[0].(int64)
		return nil
	}); err != nil {
		return err
	}
	if rows <= mostRows {
		return w.values(ctx, all, nil, row)
	}
	for _, first := range keyAlphabet {
		if err := w.values(ctx, all+" WHERE STARTS_WITH(voter_key, @first)", Parameters{"first": string(first)}, row); err != nil {
			return err
		}
	}
	return nil
}

// values calls row for each row of the result of a query in BigQuery.
func (w Warehouse) values(ctx context.Context, sql string, p Parameters, row func([]any) error) error {
	rows, err := w.statement(sql, p).Read(ctx)
	if err != nil {
		return err
	}
	var next []bigquery.Value
	var values []any
	for {
		err := rows.Next(&next)
		if errors.Is(err, iterator.Done) {
			return nil
		}
		if err != nil {
			return err
		}
		values = values[:0]
		for _, v := range next {
			values = append(values, v)
		}
		if err := row(values); err != nil {
			return err
		}
	}
}

// readPostgres reads a table by one query, as of one moment.
func (w Warehouse) readPostgres(ctx context.Context, table string, columns []string, row func([]any) error) error {
	name := pgx.Identifier(strings.Split(table, "."))
	rows, err := w.Postgres.Query(ctx, fmt.Sprintf("SELECT %s FROM %s", strings.Join(columns, ", "), name.Sanitize()))
	if err != nil {
		return err
	}
	defer rows.Close()
	fields := rows.FieldDescriptions()
	for rows.Next() {
		values, err := rows.Values()
		if err != nil {
			return err
		}
		for i, f := range fields {
			if day, ok := values[i].(time.Time); ok && f.DataTypeOID == pgtype.DateOID {
				values[i] = day.Format(time.DateOnly)
			}
		}
		if err := row(values); err != nil {
			return err
		}
	}
	return rows.Err()
}
