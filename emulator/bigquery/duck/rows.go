package duck

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// Queryer is a connection, a transaction or the pool.
type Queryer interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// Read runs a DuckDB query whose columns have the given types.
func Read(ctx context.Context, q Queryer, columns []types.Field, query string, args ...any) (*types.Rows, error) {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, AsBigQuery(err)
	}
	defer rows.Close()
	out := &types.Rows{Schema: types.ToSchema(columns), Values: [][]any{}}
	raw := make([]any, len(columns))
	dest := make([]any, len(columns))
	for i := range raw {
		dest[i] = &raw[i]
	}
	for rows.Next() {
		if err := rows.Scan(dest...); err != nil {
			return nil, AsBigQuery(err)
		}
		row := make([]any, len(columns))
		for i, c := range columns {
			row[i], err = From(raw[i], c.Type)
			if errors.Is(err, ErrNullElement) {
				return nil, bqerror.Query("%v; error in writing field %s", err, c.Name)
			}
			if err != nil {
				return nil, fmt.Errorf("column %s: %w", c.Name, err)
			}
		}
		out.Values = append(out.Values, row)
	}
	if err := rows.Err(); err != nil {
		return nil, AsBigQuery(err)
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
