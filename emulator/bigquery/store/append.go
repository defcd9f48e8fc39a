package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"strings"
	"time"

	"github.com/duckdb/duckdb-go/v2"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/catalog"
	"github.com/tallystream/tallystream/emulator/bigquery/duck"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// Append adds rows to a table in one transaction; see Appends. A change of the
// table's columns waits for it, and it for the change.
func (s *Store) Append(ctx context.Context, ref catalog.Ref, columns []string, rows [][]any) error {
	return s.append(ctx, ref, columns, rows, false)
}

// Load implements API.
func (s *Store) Load(ctx context.Context, ref catalog.Ref, columns []string, rows [][]any) error {
	return s.append(ctx, ref, columns, rows, true)
}

func (s *Store) append(ctx context.Context, ref catalog.Ref, columns []string, rows [][]any, job bool) error {
	s.altering.RLock()
	defer s.altering.RUnlock()
	t, err := s.Catalog.Table(ref)
	if err != nil {
		return err
	}
	if t.IsView() {
		return bqerror.Invalid("Cannot append to %s: it is a view", ref)
	}
	plan, err := planAppend(t, columns, s.Now())
	if err != nil {
		return err
	}
	converted := make([][]driver.Value, len(rows))
	for i, row := range rows {
		if converted[i], err = plan.convert(row); err != nil {
			return bqerror.Invalid("Row %d of the append to %s: %v", i, ref, err)
		}
	}
	if job {
		if err := LimitRows(catalog.PartitioningOf(t.Resource), plan.columns, rows); err != nil {
			return err
		}
	}
	conn, err := s.DB.Conn(ctx)
	if err != nil {
		return fmt.Errorf("connect to append to %s: %w", ref, err)
	}
	defer conn.Close()
	if err := s.limitAppend(ctx, conn, t, plan.names, converted); err != nil {
		return err
	}
	if err := appendRows(ctx, conn, t, plan.names, converted); err != nil {
		return duck.AsBigQuery(err)
	}
	s.Touch(t.ID)
	return nil
}

// appendPlan says how rows with some of a table's columns are stored.
type appendPlan struct {
	names   []string
	columns []types.Field
	suffix  []driver.Value // values of hidden columns, after the row's own
}

func planAppend(t *catalog.Table, columns []string, now time.Time) (*appendPlan, error) {
	p := &appendPlan{}
	named := map[string]bool{}
	for _, name := range columns {
		c := FindColumn(t.Columns, name)
		if c == nil {
			return nil, bqerror.Invalid("no such field: %s in table %s", name, t.Ref)
		}
		if named[strings.ToLower(name)] {
			return nil, bqerror.Invalid("field %s is named twice", name)
		}
		named[strings.ToLower(name)] = true
		p.names, p.columns = append(p.names, c.Name), append(p.columns, *c)
	}
	for _, c := range t.Columns {
		if c.Required && c.Default == "" && !named[strings.ToLower(c.Name)] {
			return nil, bqerror.Invalid("Missing required field: %s in table %s", c.Name, t.Ref)
		}
	}
	if t.Ingestion {
		p.names = append(p.names, catalog.PartitionTime)
		p.suffix = append(p.suffix, PartitionStart(t, now))
	}
	return p, nil
}

// PartitionStart is the beginning of the partition that receives rows now.
func PartitionStart(t *catalog.Table, now time.Time) time.Time {
	now = now.UTC()
	switch strings.ToUpper(t.Resource.TimePartitioning.Type) {
	case "HOUR":
		return now.Truncate(time.Hour)
	case "MONTH":
		return time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, time.UTC)
	case "YEAR":
		return time.Date(now.Year(), 1, 1, 0, 0, 0, 0, time.UTC)
	default:
		return now.Truncate(24 * time.Hour)
	}
}

func (p *appendPlan) convert(row []any) ([]driver.Value, error) {
	if len(row) != len(p.columns) {
		return nil, fmt.Errorf("it has %d values for %d columns", len(row), len(p.columns))
	}
	out := make([]driver.Value, 0, len(row)+len(p.suffix))
	for i, c := range p.columns {
		if row[i] == nil && c.Required {
			return nil, fmt.Errorf("required field %s is missing", c.Name)
		}
		v, err := duck.To(row[i], c.Type)
		if err != nil {
			return nil, fmt.Errorf("field %s: %w", c.Name, err)
		}
		out = append(out, v)
	}
	return append(out, p.suffix...), nil
}

// appendRows writes rows with DuckDB's appender, in a transaction of its own.
func appendRows(ctx context.Context, conn *sql.Conn, t *catalog.Table, names []string, rows [][]driver.Value) (err error) {
	if len(rows) == 0 {
		return nil
	}
	if _, err := conn.ExecContext(ctx, "BEGIN TRANSACTION"); err != nil {
		return err
	}
	err = conn.Raw(func(dc any) error {
		a, err := duckdb.NewAppenderWithColumns(dc.(driver.Conn), "", "data", t.Name(), names)
		if err != nil {
			return err
		}
		for _, row := range rows {
			if err := a.AppendRow(row...); err != nil {
				_ = a.Close() // the transaction rolls back anyway
				return err
			}
		}
		return a.Close()
	})
	if err != nil {
		duck.Rollback(conn)
		return err
	}
	if _, err := conn.ExecContext(ctx, "COMMIT"); err != nil {
		duck.Rollback(conn)
		return err
	}
	return nil
}
