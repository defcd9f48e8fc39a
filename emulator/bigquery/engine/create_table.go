package engine

import (
	"context"
	"errors"
	"fmt"
	"strings"

	bqv2 "google.golang.org/api/bigquery/v2"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/catalog"
	"github.com/tallystream/tallystream/emulator/bigquery/duck"
	"github.com/tallystream/tallystream/emulator/bigquery/resolved"
	"github.com/tallystream/tallystream/emulator/bigquery/store"
	"github.com/tallystream/tallystream/emulator/bigquery/translate"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// createTable creates a table or a view, and fills it from a query.
func (r *run) createTable(ctx context.Context, plan *translate.Plan, res *Result) error {
	d := plan.DDL
	ref, err := r.names.ref(parts(d.Path))
	if err != nil {
		return err
	}
	res.DDLTarget, res.DDLOperation = &ref, "CREATE"
	if old, err := r.engine.Catalog.Table(ref); err == nil {
		switch {
		case d.IfNotExists:
			res.DDLOperation = "SKIP"
			return nil
		case !d.Replace:
			return bqerror.Duplicate("Table", ref.String())
		case old.IsView() != (d.Action == resolved.CreateView), old.IsExternal() != (d.External != nil):
			return bqerror.Query("%s exists and is of another kind", ref)
		case old.IsView() && r.engine.RefersTo(r.names.project, d.View, old):
			return bqerror.Query("The view %s refers to itself", ref)
		}
		res.DDLOperation = "REPLACE"
	}
	resource, err := r.tableResource(ref, d)
	if err != nil {
		return err
	}
	err = r.replaceTable(ctx, ref, resource, func(t *catalog.Table) (filling, error) { return r.fill(t, plan) }, d.Replace)
	if err != nil {
		return err
	}
	if d.Copy {
		if err := r.engine.CopyRowPolicies(ctx, d.Like.Target.(*catalog.Table), ref); err != nil {
			return err
		}
	}
	return r.engine.SetChangeHistory(ctx, ref, d.Options)
}

// replaceTable creates a table under a new number, fills it, and puts it in
// the place of the old one if replace. The query that fills it runs before
// the catalog is locked.
func (r *run) replaceTable(ctx context.Context, ref TableRef, resource *bqv2.Table, fill func(*catalog.Table) (filling, error), replace bool) error {
	e := r.engine
	d, err := e.Catalog.Dataset(ref.DatasetRef())
	if err != nil {
		return err
	}
	if err := e.CompleteExternal(ctx, resource); err != nil {
		return err
	}
	if err := e.CompleteTable(d, resource); err != nil {
		return err
	}
	t, err := e.Catalog.Draft(ctx, resource)
	if err != nil {
		return err
	}
	if !t.IsView() {
		if err := r.createPhysical(ctx, t, fill); err != nil {
			return err
		}
	}
	err = e.Catalog.Change(ctx, func(tx *catalog.Tx) error {
		if _, err := tx.Table(ref); err == nil {
			if !replace {
				return bqerror.Duplicate("Table", ref.String())
			}
			if err := tx.DropTable(ref); err != nil {
				return err
			}
		}
		_, err := tx.PutTable(t.ID, t.Resource)
		return err
	})
	if err != nil && !t.IsView() {
		_, _ = r.conn.ExecContext(context.Background(), "DROP TABLE IF EXISTS "+t.Physical()) // nothing refers to it
	}
	return err
}

func (r *run) createPhysical(ctx context.Context, t *catalog.Table, fill func(*catalog.Table) (filling, error)) error {
	ddl, err := r.engine.PhysicalDDL(t)
	if err != nil {
		return err
	}
	f, err := fill(t)
	if err != nil {
		return err
	}
	if _, err := r.conn.ExecContext(ctx, ddl); err != nil {
		return duck.AsBigQuery(err)
	}
	if f.sql == "" {
		return nil
	}
	_, err = r.conn.ExecContext(ctx, f.sql, f.args...)
	if err = duck.AsBigQuery(err); err == nil && !f.copies {
		err = store.LimitFilled(ctx, r.conn, t)
	}
	if err != nil {
		_, _ = r.conn.ExecContext(context.Background(), "DROP TABLE IF EXISTS "+t.Physical())
	}
	return err
}

// filling is the statement that fills a new table; the zero filling leaves it empty.
type filling struct {
	sql    string
	args   []any
	copies bool // a table with its partitions: no query produces them
}

// fill fills a new table from the query of a plan, or from the table that it
// copies.
func (r *run) fill(t *catalog.Table, plan *translate.Plan) (filling, error) {
	if like := plan.DDL.Like; like != nil && plan.DDL.Copy {
		names := strings.Join(t.StoredNames(), ", ")
		from := like.From
		if plan.DDL.AsOf != nil {
			from = translate.PastTable(0)
		}
		return filling{sql: copyInto(t, fmt.Sprintf("SELECT %s FROM %s", names, from)), copies: true}, nil
	}
	if len(plan.Steps) == 0 {
		return filling{}, nil
	}
	query, args, err := r.bind(plan.Steps[0])
	return filling{sql: r.insertQuery(t, query), args: args}, err
}

// insertQuery inserts the rows of a query, whose columns are o0, o1, ….
func (r *run) insertQuery(t *catalog.Table, query string) string {
	var values []string
	for i, c := range t.Columns {
		values = append(values, storedColumn(i, c))
	}
	if t.Ingestion {
		values = append(values, fmt.Sprintf("make_timestamp(%d)", store.PartitionStart(t, r.engine.Now()).UnixMicro()))
	}
	return fmt.Sprintf("INSERT INTO %s (%s) SELECT %s FROM (%s)", t.Physical(), strings.Join(t.StoredNames(), ", "), strings.Join(values, ", "), query)
}

// tableResource is the REST resource of the table or view that DDL creates.
func (r *run) tableResource(ref TableRef, d *resolved.DDL) (*bqv2.Table, error) {
	t := &bqv2.Table{TableReference: &bqv2.TableReference{ProjectId: ref.Project, DatasetId: ref.Dataset, TableId: ref.Table}, DefaultCollation: d.Collation}
	if d.Like != nil {
		like, ok := d.Like.Target.(*catalog.Table)
		if !ok {
			return nil, bqerror.Unsupported("a copy of %s", d.Like.Name)
		}
		if like.IsView() {
			return nil, bqerror.Query("%s is not allowed for this operation because it is currently a %s.", like.Ref, like.Resource.Type)
		}
		if err := notExternal(like, "LIKE, COPY or CLONE"); err != nil {
			return nil, err
		}
		if d.Copy {
			if err := wholly(d.Like, "a copy"); err != nil {
				return nil, err
			}
		}
		c := catalog.Clone(like.Resource)
		t.Schema, t.TimePartitioning, t.RangePartitioning, t.Clustering = c.Schema, c.TimePartitioning, c.RangePartitioning, c.Clustering
		t.RequirePartitionFilter = c.RequirePartitionFilter
	} else {
		t.Schema = &bqv2.TableSchema{Fields: types.ToSchema(d.Columns)}
	}
	for name, options := range d.ColumnOptions {
		if f := store.FindField(t, name); f != nil {
			if err := store.SetColumnOptions(f, options); err != nil {
				return nil, err
			}
		}
	}
	if d.Action == resolved.CreateView {
		setView(t, d)
	}
	if d.External != nil {
		return t, r.defineExternal(t, d)
	}
	if base, ok := likeOf(d); ok && (d.Clone || d.Snapshot) {
		at := r.began
		if d.AsOf != nil {
			at = r.asOf
		}
		stamp(t, base, d.Snapshot, at)
	}
	if d.PrimaryKey != nil {
		if err := store.SetPrimaryKey(t, d.PrimaryKey); err != nil {
			return nil, err
		}
	}
	if d.Partition != nil || d.Like == nil {
		setPartitioning(t, d.Partition)
	}
	if len(d.Cluster) > 0 {
		t.Clustering = &bqv2.Clustering{Fields: d.Cluster}
	}
	return t, store.SetTableOptions(t, d.Options)
}

func setPartitioning(t *bqv2.Table, p *resolved.Partition) {
	switch {
	case p == nil:
	case p.Type == "RANGE":
		t.RangePartitioning = &bqv2.RangePartitioning{Field: p.Column, Range: &bqv2.RangePartitioningRange{Start: p.Start, End: p.End, Interval: p.Step}}
	default:
		t.TimePartitioning = &bqv2.TimePartitioning{Type: p.Type, Field: p.Column}
	}
}

func isDuplicate(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.Reason == "duplicate"
}
