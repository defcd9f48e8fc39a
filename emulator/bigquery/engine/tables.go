package engine

import (
	"context"
	"fmt"
	"strings"

	bqv2 "google.golang.org/api/bigquery/v2"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/catalog"
	"github.com/tallystream/tallystream/emulator/bigquery/translate"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// CreateTable creates a table or a view.
func (e *Engine) CreateTable(ctx context.Context, t *bqv2.Table) (*bqv2.Table, error) {
	if t.TableReference == nil || t.TableReference.ProjectId == "" || t.TableReference.DatasetId == "" || t.TableReference.TableId == "" {
		return nil, bqerror.Invalid("Required parameter is missing: tableReference")
	}
	t = catalog.Clone(t)
	if err := e.completeView(ctx, t); err != nil {
		return nil, err
	}
	var created *catalog.Table
	err := e.catalog.Change(ctx, func(tx *catalog.Tx) (err error) {
		created, err = e.createTable(tx, t)
		return err
	})
	if err != nil {
		return nil, err
	}
	return e.resource(ctx, created)
}

// completeView gives a view the schema of its query. Descriptions of columns
// that are there already stay.
func (e *Engine) completeView(ctx context.Context, r *bqv2.Table) error {
	text := ""
	switch {
	case r.View != nil:
		if text = r.View.Query; r.View.UseLegacySql && strings.Contains(text, "[") {
			return bqerror.Unsupported("legacy SQL")
		}
	case r.MaterializedView != nil:
		text = r.MaterializedView.Query
	default:
		return nil
	}
	res, err := e.Query(ctx, Query{SQL: text, Project: r.TableReference.ProjectId, DryRun: true})
	if err != nil {
		return err
	}
	if res.Rows == nil {
		return bqerror.Invalid("The query of view %s returns no rows", r.TableReference.TableId)
	}
	old := r.Schema
	r.Schema = &bqv2.TableSchema{Fields: res.Rows.Schema}
	if old != nil {
		for _, f := range old.Fields {
			if g := findField(r, f.Name); g != nil {
				g.Description = f.Description
			}
		}
	}
	return nil
}

// createTable creates a table in a change of the catalog.
func (e *Engine) createTable(tx *catalog.Tx, r *bqv2.Table) (*catalog.Table, error) {
	ref := refOf(r.TableReference)
	d, err := tx.Dataset(ref.DatasetRef())
	if err != nil {
		return nil, err
	}
	if _, err := tx.Table(ref); err == nil {
		return nil, bqerror.Duplicate("Table", ref.String())
	}
	if err := e.completeTable(d, r); err != nil {
		return nil, err
	}
	id, err := tx.NewID()
	if err != nil {
		return nil, err
	}
	t, err := tx.PutTable(id, r)
	if err != nil || t.IsView() {
		return t, err
	}
	ddl, err := e.physicalDDL(t)
	if err != nil {
		return nil, err
	}
	return t, tx.Exec(ddl)
}

func refOf(r *bqv2.TableReference) TableRef {
	return TableRef{Project: r.ProjectId, Dataset: r.DatasetId, Table: r.TableId}
}

// completeTable fills in what BigQuery adds to the resource of a new table.
func (e *Engine) completeTable(d *catalog.Dataset, r *bqv2.Table) error {
	ref := refOf(r.TableReference)
	r.Kind, r.Id, r.Location = "bigquery#table", ref.String(), d.Resource.Location
	r.CreationTime = e.now().UnixMilli()
	switch {
	case r.View != nil:
		r.Type = "VIEW"
	case r.MaterializedView != nil:
		r.Type = "MATERIALIZED_VIEW"
	default:
		r.Type = "TABLE"
	}
	if r.Schema != nil {
		normalizeFields(r.Schema.Fields)
	}
	if r.Type == "TABLE" {
		if err := checkPartitioning(r); err != nil {
			return err
		}
		if r.ExpirationTime == 0 && d.Resource.DefaultTableExpirationMs > 0 {
			r.ExpirationTime = r.CreationTime + d.Resource.DefaultTableExpirationMs
		}
	}
	e.stampTable(r)
	return nil
}

func (e *Engine) stampTable(r *bqv2.Table) {
	r.LastModifiedTime = uint64(e.now().UnixMilli())
	r.Etag = e.etag()
}

// normalizeFields gives every field its mode and its legacy type name, as
// BigQuery returns them.
func normalizeFields(fields []*bqv2.TableFieldSchema) {
	for _, f := range fields {
		if f.Mode = strings.ToUpper(f.Mode); f.Mode == "" {
			f.Mode = "NULLABLE"
		}
		f.Type = types.RESTName(f.Type)
		normalizeFields(f.Fields)
	}
}

// checkPartitioning refuses partitioning by a column that can't carry it.
func checkPartitioning(r *bqv2.Table) error {
	field := ""
	switch {
	case r.TimePartitioning != nil:
		field = r.TimePartitioning.Field
		if r.TimePartitioning.Type == "" {
			return bqerror.Invalid("Time partitioning needs a type: DAY, HOUR, MONTH or YEAR")
		}
	case r.RangePartitioning != nil:
		field = r.RangePartitioning.Field
	}
	if field != "" && findField(r, field) == nil {
		return bqerror.Invalid("The field specified for partitioning cannot be found in the schema. Field: %s.", field)
	}
	if r.Clustering != nil {
		for _, c := range r.Clustering.Fields {
			if findField(r, c) == nil {
				return bqerror.Invalid("The field specified for clustering cannot be found in the schema. Invalid field: %s.", c)
			}
		}
	}
	return nil
}

func findField(r *bqv2.Table, name string) *bqv2.TableFieldSchema {
	if r.Schema == nil {
		return nil
	}
	for _, f := range r.Schema.Fields {
		if strings.EqualFold(f.Name, name) {
			return f
		}
	}
	return nil
}

// physicalDDL creates the physical table of t.
func (e *Engine) physicalDDL(t *catalog.Table) (string, error) {
	columns := make([]string, 0, len(t.Columns)+1)
	for _, c := range t.Columns {
		def, err := e.columnDDL(c)
		if err != nil {
			return "", err
		}
		columns = append(columns, def)
	}
	if t.Ingestion {
		columns = append(columns, types.Quote(catalog.PartitionTime)+" TIMESTAMP")
	}
	if len(columns) == 0 {
		columns = append(columns, types.Quote(noColumns)+" BOOLEAN") // DuckDB has no table without columns
	}
	return fmt.Sprintf("CREATE TABLE %s (%s)", t.Physical(), strings.Join(columns, ", ")), nil
}

// noColumns is the physical column of a table that has none yet.
const noColumns = "_none"

func (e *Engine) columnDDL(c types.Field) (string, error) {
	def := types.Quote(c.Name) + " " + c.Type.DuckDB()
	if c.Default != "" {
		expr, err := translate.Default(e.analyzer, c.Default, c.Type)
		if err != nil {
			return "", err
		}
		def += " DEFAULT (" + expr + ")"
	}
	if c.Required {
		def += " NOT NULL"
	}
	return def, nil
}

// Table returns a table's resource with its current row count.
func (e *Engine) Table(ctx context.Context, ref TableRef) (*bqv2.Table, error) {
	t, err := e.catalog.Table(ref)
	if err != nil {
		return nil, err
	}
	return e.resource(ctx, t)
}

// resource is the REST resource of a table, with its counts.
func (e *Engine) resource(ctx context.Context, t *catalog.Table) (*bqv2.Table, error) {
	r := catalog.Clone(t.Resource)
	if t.IsView() {
		return r, nil
	}
	var rows uint64
	if err := e.db.QueryRowContext(ctx, "SELECT count(*) FROM "+t.Physical()).Scan(&rows); err != nil {
		return nil, fmt.Errorf("count the rows of %s: %w", t.Ref, err)
	}
	r.NumRows = rows
	r.NumBytes = int64(rows) * rowBytes(t.Columns)
	r.ForceSendFields = append(r.ForceSendFields, "NumRows", "NumBytes")
	if m := e.mutated(t.ID).at; m > int64(r.LastModifiedTime) {
		r.LastModifiedTime = uint64(m)
	}
	return r, nil
}

// ListTables lists a dataset's tables and views by name, without row counts.
func (e *Engine) ListTables(_ context.Context, project, dataset string) ([]*bqv2.Table, error) {
	d, err := e.catalog.Dataset(catalog.DatasetRef{Project: project, Dataset: dataset})
	if err != nil {
		return nil, err
	}
	var list []*bqv2.Table
	for _, t := range d.Tables() {
		list = append(list, catalog.Clone(t.Resource))
	}
	return list, nil
}

// DeleteTable deletes a table or view.
func (e *Engine) DeleteTable(ctx context.Context, ref TableRef) error {
	return e.catalog.Change(ctx, func(tx *catalog.Tx) error { return tx.DropTable(ref) })
}
