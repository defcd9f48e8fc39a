package engine

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/duck"
	"github.com/tallystream/tallystream/emulator/bigquery/translate"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// SnapshotQuery is what a Snapshot keeps of a table.
type SnapshotQuery struct {
	Table   TableRef
	Columns []string  // names
	Where   string    // a condition in GoogleSQL, which names this table only; "" for none
	At      time.Time // zero is now
}

// A Snapshot is rows of a table as they are at an instant. It takes memory until it is closed.
type Snapshot struct {
	Rows int64

	engine  *Engine
	name    string // in DuckDB
	columns []types.Field
}

// snapshots numbers the tables of DuckDB that hold snapshots.
var snapshots atomic.Int64

// Snapshot keeps rows of a table, in the order of their insertion.
func (e *Engine) Snapshot(ctx context.Context, s SnapshotQuery) (*Snapshot, error) {
	sql, err := e.snapshotSQL(ctx, s)
	if err != nil {
		return nil, err
	}
	query := Query{SQL: sql, Project: s.Table.Project}
	params, err := readParameters(&query)
	if err != nil {
		return nil, err
	}
	r, end, err := e.newRun(ctx, &query, params)
	if err != nil {
		return nil, err
	}
	defer end()
	r.began = e.Now()
	plan, err := r.plan(sql)
	if err != nil {
		return nil, err
	}
	others := slices.ContainsFunc(plan.Uses, func(u translate.Use) bool { return u.Source != nil && u.Source != plan.Uses[0].Source })
	if plan.Kind != "SELECT" || len(plan.Uses) == 0 || others {
		return nil, bqerror.Query("the condition names more than the table's columns")
	}
	out, err := r.keep(ctx, plan)
	if err != nil && ctx.Err() != nil {
		return nil, ctx.Err()
	}
	return out, duck.AsBigQuery(err)
}

// snapshotSQL is the query of a snapshot.
func (e *Engine) snapshotSQL(ctx context.Context, s SnapshotQuery) (string, error) {
	names := make([]string, len(s.Columns))
	for i, c := range s.Columns {
		names[i] = "`" + c + "`"
	}
	// A column may have the table's name, which would mean the row.
	sql := fmt.Sprintf("SELECT %s FROM `%s`.`%s`.`%s` AS _emulator_rows", strings.Join(names, ", "), s.Table.Project, s.Table.Dataset, s.Table.Table)
	if !s.At.IsZero() {
		t, err := e.Table(ctx, s.Table)
		if err != nil {
			return "", err
		}
		// Nothing has changed since, or else what the table was then is asked for.
		if changed := time.UnixMilli(int64(t.LastModifiedTime) + 1); s.At.Before(changed) || s.At.Before(e.Opened) {
			sql += fmt.Sprintf(" FOR SYSTEM_TIME AS OF TIMESTAMP_MICROS(%d)", s.At.UnixMicro())
		}
	}
	if s.Where != "" {
		sql += " WHERE (" + s.Where + "\n)" // it may end in a comment
	}
	return sql, nil
}

// keep stores the rows of a query.
func (r *run) keep(ctx context.Context, plan *translate.Plan) (*Snapshot, error) {
	query, args, err := r.bind(plan.Steps[0])
	if err != nil {
		return nil, err
	}
	s := &Snapshot{engine: r.engine, name: fmt.Sprintf("%s.snapshot_%d", duck.Memory, snapshots.Add(1)), columns: plan.Columns}
	err = r.still(ctx, func() error {
		_, err := r.conn.ExecContext(ctx, "CREATE TABLE "+s.name+" AS "+query, args...)
		return duck.AsBigQuery(err)
	})
	if err != nil {
		return nil, err
	}
	if err := r.conn.QueryRowContext(ctx, "SELECT count(*) FROM "+s.name).Scan(&s.Rows); err != nil {
		return nil, fmt.Errorf("count the rows of a snapshot: %w", err)
	}
	return s, nil
}

// Read returns the rows [from, to).
func (s *Snapshot) Read(ctx context.Context, from, to int64) ([][]any, error) {
	rows, err := duck.Read(ctx, s.engine.DB, s.engine.Results, s.columns, fmt.Sprintf("SELECT * FROM %s WHERE rowid >= %d AND rowid < %d ORDER BY rowid", s.name, from, to))
	if err != nil {
		return nil, duck.AsBigQuery(err)
	}
	if int64(len(rows.Values)) != to-from {
		return nil, fmt.Errorf("a snapshot has %d rows from %d to %d", len(rows.Values), from, to)
	}
	return rows.Values, nil
}

// Close lets go of the rows.
func (s *Snapshot) Close() error {
	if _, err := s.engine.DB.ExecContext(context.Background(), "DROP TABLE "+s.name); err != nil {
		return fmt.Errorf("drop a snapshot: %w", err)
	}
	return nil
}
