package ledger

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/pgxpool"
)

// Postgres reads tables of PostgreSQL.
type Postgres struct {
	Pool *pgxpool.Pool
}

// Read implements Reader. It reads a table by one query, as of one moment.
func (p Postgres) Read(ctx context.Context, table string, columns []string, row func([]any) error) error {
	name := pgx.Identifier(strings.Split(table, "."))
	rows, err := p.Pool.Query(ctx, fmt.Sprintf("SELECT %s FROM %s", strings.Join(columns, ", "), name.Sanitize()))
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
