package engine

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// queryer is a connection, a transaction or the pool.
type queryer interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// readRows runs a DuckDB query whose columns have the given types.
func readRows(ctx context.Context, q queryer, columns []types.Field, query string, args ...any) (*Rows, error) {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, asBigQuery(err)
	}
	defer rows.Close()
	out := &Rows{Schema: types.ToSchema(columns), Values: [][]any{}}
	raw := make([]any, len(columns))
	dest := make([]any, len(columns))
	for i := range raw {
		dest[i] = &raw[i]
	}
	for rows.Next() {
		if err := rows.Scan(dest...); err != nil {
			return nil, asBigQuery(err)
		}
		row := make([]any, len(columns))
		for i, c := range columns {
			row[i], err = fromDuck(raw[i], c.Type)
			if errors.Is(err, errNullElement) {
				return nil, bqerror.Query("%v; error in writing field %s", err, c.Name)
			}
			if err != nil {
				return nil, fmt.Errorf("column %s: %w", c.Name, err)
			}
		}
		out.Values = append(out.Values, row)
	}
	if err := rows.Err(); err != nil {
		return nil, asBigQuery(err)
	}
	return out, nil
}

// ReadTable returns rows of a table in the order of their insertion.
func (e *Engine) ReadTable(ctx context.Context, ref TableRef, start, limit int64) (*Rows, error) {
	t, err := e.catalog.Table(ref)
	if err != nil {
		return nil, err
	}
	if t.IsView() {
		return e.readView(ctx, ref, start, limit)
	}
	names := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		names[i] = types.Quote(c.Name)
	}
	if len(names) == 0 {
		names = []string{"1"}
	}
	query := fmt.Sprintf("SELECT %s FROM %s ORDER BY rowid", strings.Join(names, ", "), t.Physical())
	if limit >= 0 {
		query += fmt.Sprintf(" LIMIT %d", limit)
	}
	if start > 0 {
		query += fmt.Sprintf(" OFFSET %d", start)
	}
	if len(t.Columns) == 0 {
		return &Rows{}, nil
	}
	tx, err := e.db.BeginTx(ctx, nil) // see run.still
	if err != nil {
		return nil, asBigQuery(err)
	}
	defer func() { _ = tx.Rollback() }() // it has only read
	return readRows(ctx, tx, t.Columns, query)
}
