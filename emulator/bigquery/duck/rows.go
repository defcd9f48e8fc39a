package duck

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync/atomic"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// Queryer is a connection, a transaction or the pool.
type Queryer interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// Read runs a DuckDB query whose columns have the given types. What it returns fits into the budget. The error is
// ErrContain where ReadContained may still succeed.
func Read(ctx context.Context, q Queryer, budget *Budget, columns []types.Field, query string, args ...any) (out *types.Rows, err error) {
	ctx, executed, stop := budget.watch(ctx)
	defer stop()
	rows, err := q.QueryContext(ctx, query, args...)
	executed()
	if err != nil {
		if errors.Is(context.Cause(ctx), ErrContain) {
			return nil, ErrContain
		}
		return nil, AsBigQuery(err)
	}
	memory := share{of: budget}
	defer func() { memory.release(err != nil) }()
	out = &types.Rows{Schema: types.ToSchema(columns), Values: [][]any{}}
	if err := scan(rows, columns, &memory, out); err != nil {
		return nil, err
	}
	return out, nil
}

// watch watches the memory while a query is executed, if there is a budget.
func (b *Budget) watch(ctx context.Context) (watching context.Context, executed, stop func()) {
	if b == nil {
		return ctx, func() {}, func() {}
	}
	return b.guard.watch(ctx)
}

// scan adds rows to out, and closes them.
func scan(rows *sql.Rows, columns []types.Field, memory *share, out *types.Rows) error {
	defer rows.Close()
	raw := make([]any, len(columns))
	dest := make([]any, len(columns))
	for i := range raw {
		dest[i] = &raw[i]
	}
	for rows.Next() {
		if err := rows.Scan(dest...); err != nil {
			return AsBigQuery(err)
		}
		row := make([]any, len(columns))
		for i, c := range columns {
			var err error
			row[i], err = From(raw[i], c.Type)
			if errors.Is(err, errNullElement) {
				return bqerror.Query("%v; error in writing field %s", err, c.Name)
			}
			if err != nil {
				return fmt.Errorf("column %s: %w", c.Name, err)
			}
		}
		if err := memory.take(types.Footprint(row)); err != nil {
			return err
		}
		out.Values = append(out.Values, row)
	}
	return AsBigQuery(rows.Err())
}

// contained numbers the tables of ReadContained.
var contained atomic.Int64

// containedStep is how many rows of such a table are read at a time.
const containedStep = 10_000

// ReadContained is Read by a temporary table, in a transaction of its own: DuckDB counts what that holds, and puts it on
// the disk where it has to. It takes longer, and needs a budget.
func ReadContained(ctx context.Context, conn *sql.Conn, budget *Budget, columns []types.Field, query string, args ...any) (out *types.Rows, err error) {
	table := fmt.Sprintf("temp.contained_%d", contained.Add(1))
	most := budget.limit / types.Footprint(make([]any, len(columns))) // rows, if all is NULL
	if _, err := conn.ExecContext(ctx, fmt.Sprintf("CREATE TEMP TABLE %s AS SELECT * FROM (%s) LIMIT %d", table, query, most+1), args...); err != nil {
		return nil, AsBigQuery(err)
	}
	defer func() { // where the transaction has failed the table goes with it
		_, _ = conn.ExecContext(context.WithoutCancel(ctx), "DROP TABLE IF EXISTS "+table)
	}()
	var n, first int64 // rows that a transaction has yet to commit are numbered from somewhere else than from 0
	if err := conn.QueryRowContext(ctx, "SELECT count(*), coalesce(min(rowid), 0) FROM "+table).Scan(&n, &first); err != nil {
		return nil, AsBigQuery(err)
	}
	if n > most {
		return nil, budget.tooLarge()
	}
	memory := share{of: budget}
	defer func() { memory.release(err != nil) }()
	out = &types.Rows{Schema: types.ToSchema(columns), Values: [][]any{}}
	for from := first; from < first+n; from += containedStep {
		rows, err := conn.QueryContext(ctx, fmt.Sprintf("SELECT * FROM %s WHERE rowid >= %d AND rowid < %d ORDER BY rowid", table, from, from+containedStep))
		if err != nil {
			return nil, AsBigQuery(err)
		}
		if err := scan(rows, columns, &memory, out); err != nil {
			return nil, err
		}
	}
	if int64(len(out.Values)) != n {
		return nil, fmt.Errorf("read %d rows of %d of a temporary table", len(out.Values), n)
	}
	return out, nil
}

// Rollback ends a transaction whose context may be over.
func Rollback(conn *sql.Conn) {
	_, _ = conn.ExecContext(context.Background(), "ROLLBACK") // fails only if none is open
}

// ReadStructs runs a query and returns its rows as DuckDB's structs of a type: by the
// keys of its fields, with the driver's values.
func ReadStructs(ctx context.Context, q Queryer, typ *types.Type, query string, args ...any) ([]map[string]any, error) {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, AsBigQuery(err)
	}
	defer rows.Close()
	var list []map[string]any
	for rows.Next() {
		raw, dest := make([]any, len(typ.Fields)), make([]any, len(typ.Fields))
		for i := range raw {
			dest[i] = &raw[i]
		}
		if err := rows.Scan(dest...); err != nil {
			return nil, AsBigQuery(err)
		}
		row := map[string]any{}
		for i := range typ.Fields {
			row[typ.Key(i)] = raw[i]
		}
		list = append(list, row)
	}
	return list, AsBigQuery(rows.Err())
}
