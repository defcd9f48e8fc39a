package engine

import (
	"context"
	"fmt"
	"strings"

	bqv2 "google.golang.org/api/bigquery/v2"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/catalog"
	"github.com/tallystream/tallystream/emulator/bigquery/duck"
	"github.com/tallystream/tallystream/emulator/bigquery/history"
	"github.com/tallystream/tallystream/emulator/bigquery/store"
	"github.com/tallystream/tallystream/emulator/bigquery/translate"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// Copy is a copy job: tables, or partitions of tables, whose rows go to one other, which
// may be among them.
type Copy struct {
	From              []TableRef
	To                TableRef
	Operation         string // COPY, CLONE, SNAPSHOT or RESTORE, "" for COPY
	WriteDisposition  string // as of Query
	CreateDisposition string
}

// Replace implements API: it waits for statements that change the table.
func (e *Engine) Replace(ctx context.Context, ref TableRef, columns []string, rows [][]any) error {
	base, _, _ := ref.Partition()
	t, err := e.Catalog.Table(base)
	if err != nil {
		return err
	}
	turn := new(int)
	if err := e.mutations.wait(ctx, t.ID, turn); err != nil {
		return err
	}
	err = e.Store.Replace(ctx, ref, columns, rows)
	e.mutations.release([]int64{t.ID}, err == nil)
	return err
}

// CopyTables implements API.
func (e *Engine) CopyTables(ctx context.Context, c Copy) (*bqv2.JobStatistics5, error) {
	r, err := e.openRun(ctx, &Query{Project: c.To.Project}, nil)
	if err != nil {
		return nil, err
	}
	defer r.close()
	to, _, _ := c.To.Partition()
	if err := e.PermitWrite(ctx, to); err != nil {
		return nil, err
	}
	stats := &bqv2.JobStatistics5{ForceSendFields: []string{"CopiedRows", "CopiedLogicalBytes"}}
	for _, ref := range c.From {
		base, _, past := history.Decorator(ref, e.Now())
		if err := e.Permit(ctx, getData, base); err != nil {
			return nil, err
		}
		if past {
			continue
		}
		t, err := e.Table(ctx, ref)
		if err != nil {
			return nil, err
		}
		stats.CopiedRows += int64(t.NumRows)
		stats.CopiedLogicalBytes += t.NumBytes
	}
	if err := r.copy(ctx, c); err != nil {
		return nil, err
	}
	for _, name := range r.pasts {
		var rows int64
		if err := r.conn.QueryRowContext(ctx, "SELECT count(*) FROM "+name).Scan(&rows); err != nil {
			return nil, fmt.Errorf("count the rows of a copy: %w", err)
		}
		stats.CopiedRows += rows
	}
	return stats, nil
}

// copy copies tables; see Copy.
func (r *run) copy(ctx context.Context, c Copy) error {
	first, query, err := r.copied(c.From)
	if err != nil {
		return err
	}
	to, id, decorated := c.To.Partition()
	dest, err := r.engine.Table(ctx, c.To)
	missing := bqerror.IsNotFound(err)
	switch {
	case err != nil && !missing, missing && c.CreateDisposition == "CREATE_NEVER":
		return err
	case !missing && dest.Type != "TABLE":
		return bqerror.Invalid("%s is not allowed for this operation because it is currently a %s.", c.To, dest.Type)
	case !missing && dest.NumRows > 0 && (c.WriteDisposition == "" || c.WriteDisposition == "WRITE_EMPTY"):
		return bqerror.Duplicate("Table", c.To.String())
	}
	appends := !missing && c.WriteDisposition == "WRITE_APPEND"
	if !decorated && !appends {
		return r.copyWhole(ctx, c.Operation, first, to, query)
	}
	if len(first.RowPolicies) > 0 {
		return bqerror.Unsupported("A copy of the table %s, which has row access policies, into a table that is there or into a partition", first.Ref)
	}
	if missing {
		like := likeTable(to, first.Resource)
		if _, err := r.engine.CreateTable(ctx, like); err != nil {
			return err
		}
	}
	t, err := r.engine.Catalog.Table(to)
	if err != nil {
		return err
	}
	if err := sameColumns(first, t); err != nil {
		return err
	}
	if !decorated {
		return r.copyBehind(ctx, t, query)
	}
	part, err := catalog.PartitioningOf(t.Resource).Partition(to, id)
	if err != nil {
		return err
	}
	return r.copyPartition(ctx, t, part, query, !appends)
}

// copyWhole makes the table of a copy, a clone or a snapshot, in the place of one that is there.
func (r *run) copyWhole(ctx context.Context, operation string, first *catalog.Table, to catalog.Ref, query string) error {
	fill := func(t *catalog.Table) (filling, error) {
		return filling{sql: copyInto(t, query), copies: true}, nil
	}
	like := likeTable(to, first.Resource)
	if operation == "CLONE" || operation == "SNAPSHOT" {
		at := r.engine.Now()
		if !r.asOf.IsZero() {
			at = r.asOf
		}
		stamp(like, first.Ref, operation == "SNAPSHOT", at)
	}
	if err := r.replaceTable(ctx, to, like, fill, true); err != nil {
		return err
	}
	return r.engine.CopyRowPolicies(ctx, first, to)
}

// copyBehind puts the rows of a query behind those of a table.
func (r *run) copyBehind(ctx context.Context, t *catalog.Table, query string) error {
	err := r.changing(ctx, t, false, func() (stats history.Stats, err error) {
		res, err := r.conn.ExecContext(ctx, copyInto(t, query))
		if err == nil {
			stats.Inserted, err = res.RowsAffected()
		}
		return stats, duck.AsBigQuery(err)
	})
	r.engine.Touch(t.ID)
	return err
}

// copied is the first of some tables, and a query of the rows of all.
func (r *run) copied(refs []TableRef) (first *catalog.Table, query string, err error) {
	var selects []string
	for _, ref := range refs {
		base, id, decorated := ref.Partition()
		t, from, err := r.source(base, len(selects))
		if err != nil {
			return nil, "", err
		}
		if t.IsView() || t.IsExternal() {
			return nil, "", store.WrongType(t)
		}
		if err := store.RefuseFiltered(t, principal(r.caller), "To copy it"); err != nil {
			return nil, "", err
		}
		if err := r.engine.permitColumns(r.caller, t, nil, true); err != nil {
			return nil, "", err
		}
		if first == nil {
			first = t
		}
		if err := sameColumns(t, first); err != nil {
			return nil, "", err
		}
		list := strings.Join(first.StoredNames(), ", ")
		if first.Ingestion && !t.Ingestion {
			return nil, "", bqerror.Invalid("Cannot copy %s with %s: only one of them is partitioned by the time of ingestion", ref, first.Ref)
		}
		where := ""
		if decorated {
			part, err := catalog.PartitioningOf(t.Resource).Partition(base, id)
			if err != nil {
				return nil, "", err
			}
			where = " WHERE " + part.Where
		}
		selects = append(selects, fmt.Sprintf("SELECT %s FROM %s%s", list, from, where))
	}
	return first, strings.Join(selects, " UNION ALL "), nil
}

// source is a table, or what it was at the time that its name has, and what to read it from.
func (r *run) source(ref TableRef, number int) (t *catalog.Table, from string, err error) {
	base, at, decorated := history.Decorator(ref, r.engine.Now())
	t, err = r.engine.Catalog.Table(base)
	if !decorated {
		if err != nil {
			return nil, "", err
		}
		return t, t.Physical(), nil
	}
	if err != nil && !bqerror.IsNotFound(err) {
		return nil, "", err
	}
	if err != nil {
		t = nil // it was dropped, or never there
	} else if err := store.RefuseFiltered(t, principal(r.caller), "To copy its history"); err != nil {
		return nil, "", err
	}
	name := translate.PastTable(number)
	r.asOf = at
	err = r.engine.History.AsOf(context.Background(), base, t, at, func(was *catalog.Table, query string) error {
		t = was
		return r.makePast(name, query)
	})
	return t, name, err
}

// copyPartition puts the rows of a query into a partition.
func (r *run) copyPartition(ctx context.Context, t *catalog.Table, part catalog.Partition, query string, replace bool) error {
	names := strings.Join(t.StoredNames(), ", ")
	from := fmt.Sprintf("(%s)", query)
	if t.Ingestion {
		from = fmt.Sprintf("(SELECT * REPLACE (make_timestamp(%d) AS %s) FROM %s)", part.Start.UnixMicro(), types.Quote(catalog.PartitionTime), from)
	}
	if err := r.engine.mutations.wait(ctx, t.ID, r); err != nil {
		return err
	}
	err := r.changing(ctx, t, replace, func() (stats history.Stats, err error) {
		var other int64
		err = r.conn.QueryRowContext(ctx, fmt.Sprintf("SELECT count(*) FROM %s WHERE (%s) IS NOT TRUE", from, part.Where)).Scan(&other)
		if err != nil {
			return stats, duck.AsBigQuery(err)
		}
		if other > 0 {
			return stats, bqerror.Invalid("Some rows belong to different partitions rather than the destination partition of %s", t.Ref)
		}
		// The rows may be those of the partition itself.
		steps := []string{"CREATE OR REPLACE TEMP TABLE _copied AS SELECT " + names + " FROM " + from}
		if replace {
			steps = append(steps, "DELETE FROM "+t.Physical()+" WHERE "+part.Where)
		}
		steps = append(steps, copyInto(t, "SELECT * FROM temp._copied"), "DROP TABLE temp._copied")
		for _, step := range steps {
			res, err := r.conn.ExecContext(ctx, step)
			if err != nil {
				return stats, duck.AsBigQuery(err)
			}
			count := map[string]*int64{"DELETE": &stats.Deleted, "INSERT": &stats.Inserted}[step[:6]]
			if count == nil {
				continue
			}
			if *count, err = res.RowsAffected(); err != nil {
				return stats, fmt.Errorf("count changed rows: %w", err)
			}
		}
		return stats, nil
	})
	r.engine.mutations.release([]int64{t.ID}, err == nil)
	r.engine.Touch(t.ID)
	return err
}

// copyInto inserts the rows of a query, which has the columns of the table by name.
func copyInto(t *catalog.Table, query string) string {
	names := strings.Join(t.StoredNames(), ", ")
	return fmt.Sprintf("INSERT INTO %s (%s) SELECT %s FROM (%s)", t.Physical(), names, names, query)
}

// sameColumns refuses a table that lacks a column of another.
func sameColumns(from, to *catalog.Table) error {
	if len(from.Columns) != len(to.Columns) {
		return bqerror.Invalid("Provided Schema does not match Table %s: it has %d columns, not %d", to.Ref, len(to.Columns), len(from.Columns))
	}
	for _, c := range from.Columns {
		have := store.FindColumn(to.Columns, c.Name)
		if have == nil || !have.Type.Same(c.Type) {
			return bqerror.Invalid("Provided Schema does not match Table %s. Field %s of type %s is missing in it", to.Ref, c.Name, c.Type)
		}
	}
	return nil
}

// likeTable is a table with the schema and the partitioning of another.
func likeTable(ref TableRef, like *bqv2.Table) *bqv2.Table {
	c := catalog.Clone(like)
	return &bqv2.Table{
		TableReference: &bqv2.TableReference{ProjectId: ref.Project, DatasetId: ref.Dataset, TableId: ref.Table},
		Schema:         c.Schema, Description: c.Description, Labels: c.Labels,
		TimePartitioning: c.TimePartitioning, RangePartitioning: c.RangePartitioning, Clustering: c.Clustering,
		RequirePartitionFilter: c.RequirePartitionFilter,
	}
}
