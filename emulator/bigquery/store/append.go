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
	"github.com/tallystream/tallystream/emulator/bigquery/history"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// Append adds rows to a table in one transaction; see Appends. A change of the
// table's columns waits for it, and it for the change.
func (s *Store) Append(ctx context.Context, ref catalog.Ref, columns []string, rows [][]any) error {
	return s.write(ctx, ref, columns, rows, write{})
}

// Load implements API.
func (s *Store) Load(ctx context.Context, ref catalog.Ref, columns []string, rows [][]any) error {
	return s.write(ctx, ref, columns, rows, write{job: true})
}

// Replace is a Load that puts the rows in the place of those that the table, or the
// partition that ref names, has.
func (s *Store) Replace(ctx context.Context, ref catalog.Ref, columns []string, rows [][]any) error {
	return s.write(ctx, ref, columns, rows, write{job: true, replace: true})
}

// WrongType is the error of a table that something can't be done with for what it is.
func WrongType(t *catalog.Table) error {
	return bqerror.Invalid("%s is not allowed for this operation because it is currently a %s.", t.Ref, t.Resource.Type)
}

// write says how rows are written.
type write struct {
	job     bool // by a job
	replace bool // in the place of the rows that are there
}

func (s *Store) write(ctx context.Context, ref catalog.Ref, columns []string, rows [][]any, how write) error {
	s.altering.RLock()
	defer s.altering.RUnlock()
	t, part, err := s.partition(ref)
	if err != nil {
		return err
	}
	if t.Resource.Type != "TABLE" {
		return WrongType(t)
	}
	plan, err := planAppend(t, columns, s.Now(), part)
	if err != nil {
		return err
	}
	converted := make([][]driver.Value, len(rows))
	for i, row := range rows {
		if converted[i], err = plan.convert(row); err != nil {
			return bqerror.Invalid("Row %d of the append to %s: %v", i, ref, err)
		}
	}
	if how.job {
		if err := LimitRows(catalog.PartitioningOf(t.Resource), plan.columns, rows); err != nil {
			return err
		}
	}
	conn, err := s.DB.Conn(ctx)
	if err != nil {
		return fmt.Errorf("connect to append to %s: %w", ref, err)
	}
	defer conn.Close()
	if !how.replace || part != nil {
		if err := s.limitAppend(ctx, conn, t, plan.names, converted); err != nil {
			return err
		}
	}
	instead := ""
	if how.replace {
		instead = deletion(t, part)
		s.partitions.Delete(t.ID)
	}
	if err := s.appendRows(ctx, conn, t, plan.names, converted, instead); err != nil {
		return duck.AsBigQuery(err)
	}
	s.Touch(t.ID)
	return nil
}

// partition is a table, and the partition of it that a name has, nil for none.
func (s *Store) partition(ref catalog.Ref) (*catalog.Table, *catalog.Partition, error) {
	if strings.Contains(ref.Table, "@") {
		return nil, nil, bqerror.Unsupported("The table decorator of %s, outside of the source of a copy,", ref)
	}
	base, id, decorated := ref.Partition()
	t, err := s.Catalog.Table(base)
	if err != nil || !decorated {
		return t, nil, err
	}
	p, err := catalog.PartitioningOf(t.Resource).Partition(base, id)
	return t, &p, err
}

// deletion deletes the rows of a table, or of a partition.
func deletion(t *catalog.Table, part *catalog.Partition) string {
	if part == nil {
		return "DELETE FROM " + t.Physical()
	}
	return "DELETE FROM " + t.Physical() + " WHERE " + part.Where
}

// appendPlan says how rows with some of a table's columns are stored.
type appendPlan struct {
	names   []string
	columns []types.Field
	suffix  []driver.Value // values of hidden columns, after the row's own
	// The partition that all rows must belong to by the column of an index, nil for any.
	partition    *catalog.Partition
	partitioning catalog.Partitioning
	by           int
}

func planAppend(t *catalog.Table, columns []string, now time.Time, part *catalog.Partition) (*appendPlan, error) {
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
		start := PartitionStart(t, now)
		if part != nil {
			if start = part.Start; start.IsZero() {
				return nil, bqerror.Invalid("Cannot write to this partition of table %s by its id", t.Ref)
			}
		}
		p.names = append(p.names, catalog.PartitionTime)
		p.suffix = append(p.suffix, start)
		return p, nil
	}
	if part != nil {
		p.partition, p.partitioning, p.by = part, catalog.PartitioningOf(t.Resource), -1
		for i, c := range p.columns {
			if strings.EqualFold(c.Name, p.partitioning.Field) {
				p.by = i
			}
		}
	}
	return p, nil
}

// belongs refuses a row of another partition than the one that is written.
func (p *appendPlan) belongs(row []driver.Value) error {
	if p.partition == nil {
		return nil
	}
	var key any
	if p.by >= 0 {
		key = row[p.by]
	}
	if p.partitioning.Number(key) != p.partition.Number {
		return types.Errorf("Some rows belong to different partitions rather than the destination partition")
	}
	return nil
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
		value, err := c.Fit(row[i])
		if err != nil {
			return nil, err
		}
		v, err := duck.To(value, c.Type)
		if err != nil {
			return nil, fmt.Errorf("field %s: %w", c.Name, err)
		}
		out = append(out, v)
	}
	return append(out, p.suffix...), p.belongs(out)
}

// appendRows writes rows with DuckDB's appender, in a transaction of its own, after a
// statement that deletes others, "" for none.
func (s *Store) appendRows(ctx context.Context, conn *sql.Conn, t *catalog.Table, names []string, rows [][]driver.Value, instead string) (err error) {
	if len(rows) == 0 && instead == "" {
		return nil
	}
	change := history.Change{Table: t, Stats: history.Stats{Inserted: int64(len(rows))}}
	seen := s.History.Seen()
	if _, err := conn.ExecContext(ctx, "BEGIN TRANSACTION"); err != nil {
		return err
	}
	defer func() { s.History.Close(change.Copy) }()
	if instead != "" {
		if err := s.deleteBefore(ctx, conn, &change, seen, instead); err != nil {
			duck.Rollback(conn)
			return err
		}
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
	err = s.commit(ctx, conn, change)
	if err != nil {
		duck.Rollback(conn)
	}
	return err
}

// commit commits a change and notes it in the history.
func (s *Store) commit(ctx context.Context, conn *sql.Conn, change history.Change) error {
	return s.History.Commit(func() error {
		_, err := conn.ExecContext(ctx, "COMMIT")
		return err
	}, change)
}

// deleteBefore deletes rows in a transaction that began after seen, and notes that in its
// change.
func (s *Store) deleteBefore(ctx context.Context, conn *sql.Conn, change *history.Change, seen int64, statement string) error {
	var err error
	if change.Copy, err = s.History.Copy(ctx, conn, change.Table, seen); err != nil {
		return err
	}
	res, err := conn.ExecContext(ctx, statement)
	if err != nil {
		return err
	}
	change.Rewrites = true
	change.Deleted, err = res.RowsAffected()
	return err
}

// delete deletes rows of a table, and returns how many.
func (s *Store) delete(ctx context.Context, t *catalog.Table, statement string) (int64, error) {
	conn, err := s.DB.Conn(ctx)
	if err != nil {
		return 0, fmt.Errorf("connect to delete rows of %s: %w", t.Ref, err)
	}
	defer conn.Close()
	change := history.Change{Table: t}
	seen := s.History.Seen()
	if _, err := conn.ExecContext(ctx, "BEGIN TRANSACTION"); err != nil {
		return 0, err
	}
	defer func() { s.History.Close(change.Copy) }()
	err = s.deleteBefore(ctx, conn, &change, seen, statement)
	if err == nil {
		change.Rewrites = change.Deleted > 0
		err = s.commit(ctx, conn, change)
	}
	if err != nil {
		duck.Rollback(conn)
	}
	return change.Deleted, err
}
