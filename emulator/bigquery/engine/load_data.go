package engine

import (
	"context"
	"fmt"
	"slices"
	"strings"

	bqv2 "google.golang.org/api/bigquery/v2"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/catalog"
	"github.com/tallystream/tallystream/emulator/bigquery/duck"
	"github.com/tallystream/tallystream/emulator/bigquery/external"
	"github.com/tallystream/tallystream/emulator/bigquery/resolved"
	"github.com/tallystream/tallystream/emulator/bigquery/store"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// loadData appends the rows of files to a table, or makes a table of them
// (https://cloud.google.com/bigquery/docs/reference/standard-sql/load-statements).
func (r *run) loadData(ctx context.Context, d *resolved.DDL, res *Result) error {
	ref, err := r.names.ref(parts(d.Path))
	if err != nil {
		return err
	}
	c, rest, err := configuration(d)
	if err != nil {
		return err
	}
	for name := range rest {
		return bqerror.Query("Unknown option of FROM FILES: %s", name)
	}
	if err := external.Complete(c); err != nil {
		return err
	}
	old, err := r.engine.Catalog.Table(ref)
	if err != nil && !bqerror.IsNotFound(err) {
		return err
	}
	if old != nil && old.Resource.Type != "TABLE" {
		return store.WrongType(old)
	}
	if old != nil && !d.Replace {
		res.Target = &ref
		return r.appendFiles(ctx, old, d, c)
	}
	return r.makeOfFiles(ctx, ref, old, d, c)
}

// appendFiles appends the rows of files to a table.
func (r *run) appendFiles(ctx context.Context, t *catalog.Table, d *resolved.DDL, c *bqv2.ExternalDataConfiguration) error {
	if d.Partition != nil || len(d.Cluster) > 0 || len(d.Options) > 0 {
		return bqerror.Unsupported("LOAD DATA INTO the table %s, which is there, with PARTITION BY, CLUSTER BY or OPTIONS", t.Ref)
	}
	given := t.Resource.Schema.Fields
	if len(d.Columns) > 0 {
		given = types.ToSchema(d.Columns)
	} else if d.External.Partitioned {
		return bqerror.Unsupported("LOAD DATA INTO the table %s, which is there, WITH PARTITION COLUMNS and without a list of columns", t.Ref)
	}
	c.Autodetect = false
	schema, files, err := r.readFiles(ctx, c, given)
	if err != nil {
		return err
	}
	columns := make([]string, len(schema))
	for i, f := range schema {
		columns[i] = f.Name
		if have := store.FindField(t.Resource, f.Name); have != nil && (types.RESTName(have.Type) != types.RESTName(f.Type) || (have.Mode == "REPEATED") != (f.Mode == "REPEATED")) {
			return bqerror.Query("The column %s is of type %s in the statement, and of type %s in the table %s", f.Name, f.Type, have.Type, t.Ref)
		}
	}
	var rows [][]any
	for _, f := range files {
		rows = append(rows, f.Values...)
	}
	return r.engine.Load(ctx, t.Ref, columns, rows)
}

// readFiles reads files with a schema, or with their own.
func (r *run) readFiles(ctx context.Context, c *bqv2.ExternalDataConfiguration, given []*bqv2.TableFieldSchema) ([]*bqv2.TableFieldSchema, []external.Rows, error) {
	schema, err := r.engine.reader().Schema(ctx, c, given)
	if err != nil {
		return nil, nil, err
	}
	files, err := r.engine.reader().Fetch(c)
	if err != nil {
		return nil, nil, err
	}
	rows, err := r.engine.reader().Read(ctx, c, files, schema)
	return schema, rows, err
}

// makeOfFiles makes a table of the rows of files, in the place of an old one if there is one. They
// lie in a table of their own before, so that nothing has changed where a row doesn't fit.
func (r *run) makeOfFiles(ctx context.Context, ref TableRef, old *catalog.Table, d *resolved.DDL, c *bqv2.ExternalDataConfiguration) error {
	schema, files, err := r.readFiles(ctx, c, types.ToSchema(d.Columns))
	if err != nil {
		return err
	}
	plain := *d
	plain.External = nil
	resource, err := r.tableResource(ref, &plain)
	if err != nil {
		return err
	}
	for i, f := range schema {
		if i >= len(d.Columns) {
			resource.Schema.Fields = append(resource.Schema.Fields, f)
		}
	}
	if old != nil {
		keep(resource, old.Resource)
	}
	stage, err := r.engine.Catalog.Draft(ctx, &bqv2.Table{
		TableReference: resource.TableReference, Schema: &bqv2.TableSchema{Fields: schema}, ExternalDataConfiguration: c,
	})
	if err != nil {
		return err
	}
	ddl, err := r.engine.PhysicalDDL(stage)
	if err != nil {
		return err
	}
	if _, err := r.conn.ExecContext(ctx, ddl); err != nil {
		return duck.AsBigQuery(err)
	}
	defer func() { _, _ = r.conn.ExecContext(context.Background(), "DROP TABLE IF EXISTS "+stage.Physical()) }() // nothing refers to it
	rows := make([]store.FilledExternal, len(files))
	for i, f := range files {
		rows[i] = store.FilledExternal(f)
	}
	if err := r.engine.FillExternal(ctx, stage, rows); err != nil {
		return err
	}
	list := make([]string, len(stage.Columns))
	for i, column := range stage.Columns {
		list[i] = fmt.Sprintf("%s AS o%d", types.Quote(column.Name), i)
	}
	query := "SELECT " + strings.Join(list, ", ") + " FROM " + stage.Physical()
	return r.replaceTable(ctx, ref, resource, func(t *catalog.Table) (filling, error) { return filling{sql: r.insertQuery(t, query)}, nil }, d.Replace)
}

// keep gives a table that takes the place of another what that one has and the statement doesn't say.
func keep(t, old *bqv2.Table) {
	has := func(name string) bool {
		return slices.ContainsFunc(t.Schema.Fields, func(f *bqv2.TableFieldSchema) bool { return strings.EqualFold(f.Name, name) })
	}
	if p := old.TimePartitioning; t.TimePartitioning == nil && t.RangePartitioning == nil && p != nil && (p.Field == "" || has(p.Field)) {
		t.TimePartitioning, t.RequirePartitionFilter = p, old.RequirePartitionFilter
	}
	if p := old.RangePartitioning; t.TimePartitioning == nil && t.RangePartitioning == nil && p != nil && has(p.Field) {
		t.RangePartitioning, t.RequirePartitionFilter = p, old.RequirePartitionFilter
	}
	if c := old.Clustering; t.Clustering == nil && c != nil && !slices.ContainsFunc(c.Fields, func(name string) bool { return !has(name) }) {
		t.Clustering = c
	}
	if t.Description == "" {
		t.Description = old.Description
	}
	if t.FriendlyName == "" {
		t.FriendlyName = old.FriendlyName
	}
	if t.Labels == nil {
		t.Labels = old.Labels
	}
	if t.ExpirationTime == 0 {
		t.ExpirationTime = old.ExpirationTime
	}
}
