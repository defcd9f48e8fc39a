package engine

import (
	"context"
	"fmt"
	"strings"

	bqv2 "google.golang.org/api/bigquery/v2"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/catalog"
	"github.com/tallystream/tallystream/emulator/bigquery/resolved"
	"github.com/tallystream/tallystream/emulator/bigquery/translate"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// ddl carries out a DDL statement.
func (r *run) ddl(ctx context.Context, plan *translate.Plan, res *Result) error {
	d := plan.DDL
	if d.Temporary {
		return r.createTemp(ctx, plan, res)
	}
	if d.Action == resolved.DropTable {
		if t := r.names.temp(parts(d.Path)); t != nil {
			return r.dropTemp(ctx, t, res)
		}
	}
	if r.tx != nil {
		return bqerror.Query("%s of a permanent object is not supported inside a transaction", strings.ReplaceAll(plan.Kind, "_", " "))
	}
	switch d.Action {
	case resolved.CreateTable, resolved.CreateView:
		return r.createTable(ctx, plan, res)
	case resolved.DropTable, resolved.DropView:
		return r.dropTable(ctx, d, res)
	case resolved.CreateSchema:
		return r.createSchema(ctx, d, res)
	case resolved.DropSchema:
		return r.dropSchema(ctx, d, res)
	case resolved.AlterSchema:
		return r.alterSchema(ctx, d, res)
	default:
		return r.alterTable(ctx, d, res)
	}
}

// describe fills in what a dry run tells of DDL.
func (r *run) describe(plan *translate.Plan, res *Result) {
	d := plan.DDL
	switch d.Action {
	case resolved.CreateTable, resolved.CreateView, resolved.CreateSchema:
		res.DDLOperation = "CREATE"
	case resolved.DropTable, resolved.DropView, resolved.DropSchema:
		res.DDLOperation = "DROP"
	default:
		res.DDLOperation = "ALTER"
	}
	if ref, err := r.names.ref(parts(d.Path)); err == nil {
		res.DDLTarget = &ref
	}
}

// createTable creates a table or a view, and fills it from a query.
func (r *run) createTable(ctx context.Context, plan *translate.Plan, res *Result) error {
	d := plan.DDL
	ref, err := r.names.ref(parts(d.Path))
	if err != nil {
		return err
	}
	res.DDLTarget, res.DDLOperation = &ref, "CREATE"
	if old, err := r.engine.catalog.Table(ref); err == nil {
		switch {
		case d.IfNotExists:
			res.DDLOperation = "SKIP"
			return nil
		case !d.Replace:
			return bqerror.Duplicate("Table", ref.String())
		case old.IsView() != (d.Action == resolved.CreateView):
			return bqerror.Query("%s exists and is of another kind", ref)
		}
		res.DDLOperation = "REPLACE"
	}
	resource, err := r.tableResource(ref, d)
	if err != nil {
		return err
	}
	return r.replaceTable(ctx, ref, resource, func(t *catalog.Table) (filling, error) { return r.fill(t, plan) }, d.Replace)
}

// replaceTable creates a table under a new number, fills it, and puts it in
// the place of the old one if replace. The query that fills it runs before
// the catalog is locked.
func (r *run) replaceTable(ctx context.Context, ref TableRef, resource *bqv2.Table, fill func(*catalog.Table) (filling, error), replace bool) error {
	e := r.engine
	d, err := e.catalog.Dataset(ref.DatasetRef())
	if err != nil {
		return err
	}
	if err := e.completeTable(d, resource); err != nil {
		return err
	}
	t, err := e.catalog.Draft(ctx, resource)
	if err != nil {
		return err
	}
	if !t.IsView() {
		if err := r.createPhysical(ctx, t, fill); err != nil {
			return err
		}
	}
	err = e.catalog.Change(ctx, func(tx *catalog.Tx) error {
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
	ddl, err := r.engine.physicalDDL(t)
	if err != nil {
		return err
	}
	f, err := fill(t)
	if err != nil {
		return err
	}
	if _, err := r.conn.ExecContext(ctx, ddl); err != nil {
		return asBigQuery(err)
	}
	if f.sql == "" {
		return nil
	}
	_, err = r.conn.ExecContext(ctx, f.sql, f.args...)
	if err = asBigQuery(err); err == nil && !f.copies {
		err = limitFilled(ctx, r.conn, t)
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
		return filling{sql: r.copyRows(t, like), copies: true}, nil
	}
	if len(plan.Steps) == 0 {
		return filling{}, nil
	}
	query, args, err := r.bind(plan.Steps[0])
	return filling{sql: r.insertQuery(t, query), args: args}, err
}

// insertQuery inserts the rows of a query, whose columns are o0, o1, ….
func (r *run) insertQuery(t *catalog.Table, query string) string {
	var names, values []string
	for i, c := range t.Columns {
		names, values = append(names, types.Quote(c.Name)), append(values, storedColumn(i, c))
	}
	if t.Ingestion {
		names = append(names, types.Quote(catalog.PartitionTime))
		values = append(values, fmt.Sprintf("make_timestamp(%d)", partitionStart(t, r.engine.now()).UnixMicro()))
	}
	return fmt.Sprintf("INSERT INTO %s (%s) SELECT %s FROM (%s)", t.Physical(), strings.Join(names, ", "), strings.Join(values, ", "), query)
}

func (r *run) copyRows(t *catalog.Table, like *resolved.Source) string {
	var names []string
	for _, c := range t.Columns {
		names = append(names, types.Quote(c.Name))
	}
	if t.Ingestion {
		names = append(names, types.Quote(catalog.PartitionTime))
	}
	list := strings.Join(names, ", ")
	return fmt.Sprintf("INSERT INTO %s (%s) SELECT %s FROM %s", t.Physical(), list, list, like.From)
}

func (r *run) dropTable(ctx context.Context, d *resolved.DDL, res *Result) error {
	ref, err := r.names.ref(parts(d.Path))
	if err != nil {
		return err
	}
	res.DDLTarget, res.DDLOperation = &ref, "DROP"
	err = r.engine.catalog.Change(ctx, func(tx *catalog.Tx) error {
		t, err := tx.Table(ref)
		if err != nil {
			return err
		}
		if t.IsView() != (d.Action == resolved.DropView) {
			return bqerror.Query("%s is not allowed for this operation because it is currently a %s.", ref, t.Resource.Type)
		}
		return tx.DropTable(ref)
	})
	if bqerror.IsNotFound(err) && d.IfExists {
		res.DDLOperation = "SKIP"
		return nil
	}
	return err
}
