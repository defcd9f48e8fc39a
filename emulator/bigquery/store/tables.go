package store

import (
	"context"
	"fmt"
	"slices"
	"strings"

	bqv2 "google.golang.org/api/bigquery/v2"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/catalog"
	"github.com/tallystream/tallystream/emulator/bigquery/duck"
	"github.com/tallystream/tallystream/emulator/bigquery/translate"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// CreateTable creates a table or a view.
func (s *Store) CreateTable(ctx context.Context, t *bqv2.Table) (*bqv2.Table, error) {
	if t.TableReference == nil || t.TableReference.ProjectId == "" || t.TableReference.DatasetId == "" || t.TableReference.TableId == "" {
		return nil, bqerror.Invalid("Required parameter is missing: tableReference")
	}
	t = catalog.Clone(t)
	if err := s.completeView(ctx, t); err != nil {
		return nil, err
	}
	if err := s.CompleteExternal(ctx, t); err != nil {
		return nil, err
	}
	var created *catalog.Table
	err := s.Catalog.Change(ctx, func(tx *catalog.Tx) (err error) {
		created, err = s.createTable(tx, t)
		return err
	})
	if err != nil {
		return nil, err
	}
	return s.resource(ctx, created)
}

// completeView gives a view the schema of its query. Descriptions of columns
// that are there already stay.
func (s *Store) completeView(ctx context.Context, r *bqv2.Table) error {
	text := ""
	switch {
	case r.View != nil:
		if text = r.View.Query; r.View.UseLegacySql {
			return bqerror.Unsupported("The view %s in legacy SQL (set useLegacySql to false)", r.TableReference.TableId)
		}
	case r.MaterializedView != nil:
		text = r.MaterializedView.Query
	default:
		return nil
	}
	schema, err := s.views.ViewSchema(ctx, r.TableReference.ProjectId, text)
	if err != nil {
		return err
	}
	if schema == nil {
		return bqerror.Invalid("The query of view %s returns no rows", r.TableReference.TableId)
	}
	old := r.Schema
	r.Schema = &bqv2.TableSchema{Fields: schema}
	if old != nil {
		for _, f := range old.Fields {
			if g := FindField(r, f.Name); g != nil {
				g.Description = f.Description
			}
		}
	}
	return nil
}

// createTable creates a table in a change of the catalog.
func (s *Store) createTable(tx *catalog.Tx, r *bqv2.Table) (*catalog.Table, error) {
	ref := refOf(r.TableReference)
	d, err := tx.Dataset(ref.DatasetRef())
	if err != nil {
		return nil, err
	}
	if _, err := tx.Table(ref); err == nil {
		return nil, bqerror.Duplicate("Table", ref.String())
	}
	if err := s.CompleteTable(d, r); err != nil {
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
	ddl, err := s.PhysicalDDL(t)
	if err != nil {
		return nil, err
	}
	return t, tx.Exec(ddl)
}

func refOf(r *bqv2.TableReference) catalog.Ref {
	return catalog.Ref{Project: r.ProjectId, Dataset: r.DatasetId, Table: r.TableId}
}

// CompleteTable fills in what BigQuery adds to the resource of a new table.
func (s *Store) CompleteTable(d *catalog.Dataset, r *bqv2.Table) error {
	ref := refOf(r.TableReference)
	if err := checkTableID(ref.Table); err != nil {
		return err
	}
	if err := s.checkTableText(r); err != nil {
		return err
	}
	r.Kind, r.Id, r.Location = "bigquery#table", ref.String(), d.Resource.Location
	r.CreationTime = s.Now().UnixMilli()
	switch {
	case r.View != nil:
		r.Type = "VIEW"
	case r.MaterializedView != nil:
		r.Type = "MATERIALIZED_VIEW"
		if r.MaterializedView.RefreshIntervalMs == 0 {
			r.MaterializedView.RefreshIntervalMs = refreshInterval.Milliseconds()
		}
	case r.SnapshotDefinition != nil:
		r.Type = "SNAPSHOT"
	case r.ExternalDataConfiguration != nil:
		r.Type = "EXTERNAL"
	default:
		r.Type = "TABLE"
	}
	if r.Schema != nil {
		normalizeFields(r.Schema.Fields)
	}
	if r.Type == "TABLE" {
		if err := checkTable(r); err != nil {
			return err
		}
		expireByDefault(d.Resource, r)
		if err := collateByDefault(d.Resource, r); err != nil {
			return err
		}
	}
	s.StampTable(r)
	return nil
}

// expireByDefault gives a new table the expiration of its dataset. That of partitions takes the place of that of
// tables where the table is partitioned by time.
func expireByDefault(d *bqv2.Dataset, r *bqv2.Table) {
	if p := r.TimePartitioning; p != nil && d.DefaultPartitionExpirationMs > 0 {
		if p.ExpirationMs == 0 {
			p.ExpirationMs = d.DefaultPartitionExpirationMs
		}
		return
	}
	if r.ExpirationTime == 0 && d.DefaultTableExpirationMs > 0 {
		r.ExpirationTime = r.CreationTime + d.DefaultTableExpirationMs
	}
}

// StampTable gives a table that has changed a new time and a new entity tag.
func (s *Store) StampTable(r *bqv2.Table) {
	r.LastModifiedTime = uint64(s.Now().UnixMilli())
	r.Etag = s.etag()
	s.expires(r.ExpirationTime)
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

// checkTable refuses a table whose columns, or partitioning, BigQuery doesn't take.
func checkTable(r *bqv2.Table) error {
	if r.Schema != nil {
		if err := checkColumns(r.Schema.Fields); err != nil {
			return err
		}
	}
	if c := r.TableConstraints; c != nil && c.PrimaryKey != nil {
		for _, name := range c.PrimaryKey.Columns {
			if FindField(r, name) == nil {
				return bqerror.Invalid("The primary key has the column %s, which the table hasn't", name)
			}
		}
	}
	return checkPartitioning(r)
}

// The types of columns by which tables are partitioned
// (https://cloud.google.com/bigquery/docs/partitioned-tables).
var (
	timeColumns  = map[string]string{"DATE": "DAY MONTH YEAR", "TIMESTAMP": "HOUR DAY MONTH YEAR", "DATETIME": "HOUR DAY MONTH YEAR"}
	rangeColumns = map[string]string{"INTEGER": ""}
)

// By how many columns a table may be clustered, and of which types
// (https://cloud.google.com/bigquery/docs/clustered-tables#limitations).
const maxClustering = 4

// How many partitions a range may have (https://cloud.google.com/bigquery/quotas#partitioned_tables).
const maxRanges = 10_000

var clusterColumns = []string{"BIGNUMERIC", "BOOLEAN", "DATE", "DATETIME", "GEOGRAPHY", "INTEGER", "NUMERIC", "RANGE", "STRING", "TIMESTAMP"}

// checkPartitioning refuses partitioning by a column that can't carry it.
func checkPartitioning(r *bqv2.Table) error {
	if p := r.TimePartitioning; p != nil {
		p.Type = strings.ToUpper(p.Type)
		if !slices.Contains([]string{"DAY", "HOUR", "MONTH", "YEAR"}, p.Type) {
			return bqerror.Invalid("Time partitioning needs a type: DAY, HOUR, MONTH or YEAR, not %q", p.Type)
		}
		if err := checkPartitionColumn(r, p.Field, p.Type, timeColumns); err != nil {
			return err
		}
	}
	if p := r.RangePartitioning; p != nil {
		if r.TimePartitioning != nil {
			return bqerror.Invalid("A table is partitioned by time (timePartitioning) or by ranges (rangePartitioning), not by both")
		}
		if p.Range == nil || p.Range.Interval <= 0 || p.Range.End <= p.Range.Start {
			return bqerror.Invalid("Range partitioning needs a range whose end is after its start, and an interval above 0")
		}
		if n := (uint64(p.Range.End) - uint64(p.Range.Start) - 1) / uint64(p.Range.Interval); n >= maxRanges {
			return bqerror.Invalid("Range partitioning has %d ranges at most: from %d to %d by %d are %d", maxRanges, p.Range.Start, p.Range.End, p.Range.Interval, n+1)
		}
		if p.Field == "" {
			return bqerror.Invalid("Range partitioning needs a field")
		}
		if err := checkPartitionColumn(r, p.Field, "RANGE", rangeColumns); err != nil {
			return err
		}
	}
	if r.Clustering != nil {
		if n := len(r.Clustering.Fields); n > maxClustering {
			return bqerror.Invalid("A table is clustered by %d columns at most, not by %d", maxClustering, n)
		}
		for i, c := range r.Clustering.Fields {
			if slices.ContainsFunc(r.Clustering.Fields[:i], func(name string) bool { return strings.EqualFold(name, c) }) {
				return bqerror.Invalid("A table is clustered by a column once, not twice by %s", c)
			}
			f := FindField(r, c)
			if f == nil {
				return bqerror.Invalid("The field specified for clustering cannot be found in the schema. Invalid field: %s.", c)
			}
			if f.Mode == "REPEATED" || !slices.Contains(clusterColumns, f.Type) {
				return bqerror.Invalid("The field specified for clustering cannot be used for it. Field: %s, of type %s and mode %s.", c, f.Type, f.Mode)
			}
		}
	}
	return nil
}

// checkPartitionColumn checks the column that decides a row's partition, "" for the time of
// ingestion. allowed has the units of each type.
func checkPartitionColumn(r *bqv2.Table, field, unit string, allowed map[string]string) error {
	if field == "" {
		return nil
	}
	f := FindField(r, field)
	if f == nil {
		return bqerror.Invalid("The field specified for partitioning cannot be found in the schema. Field: %s.", field)
	}
	units, ok := allowed[f.Type]
	if !ok || f.Mode == "REPEATED" || units != "" && !strings.Contains(units, unit) {
		return bqerror.Invalid("The field specified for partitioning cannot be used by %s. Field: %s, of type %s and mode %s.", unit, field, f.Type, f.Mode)
	}
	return nil
}

// FindField is the field of a name, in any case, at the top of a table's schema; nil for none.
func FindField(r *bqv2.Table, name string) *bqv2.TableFieldSchema {
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

// PhysicalDDL creates the physical table of t.
func (s *Store) PhysicalDDL(t *catalog.Table) (string, error) {
	columns := make([]string, 0, len(t.Columns)+1)
	for _, c := range t.Columns {
		def, err := s.ColumnDDL(c)
		if err != nil {
			return "", err
		}
		columns = append(columns, def)
	}
	if t.Ingestion {
		columns = append(columns, types.Quote(catalog.PartitionTime)+" TIMESTAMP")
	}
	if t.IsExternal() {
		columns = append(columns, types.Quote(catalog.FileName)+" VARCHAR")
	}
	if len(columns) == 0 {
		columns = append(columns, types.Quote(noColumns)+" BOOLEAN") // DuckDB has no table without columns
	}
	return fmt.Sprintf("CREATE TABLE %s (%s)", t.Physical(), strings.Join(columns, ", ")), nil
}

// noColumns is the physical column of a table that has none yet.
const noColumns = "_none"

// ColumnDDL is a column in a CREATE TABLE of DuckDB.
func (s *Store) ColumnDDL(c types.Field) (string, error) {
	def := types.Quote(c.Name) + " " + c.Type.DuckDB()
	if c.Default != "" {
		expr, err := translate.Default(s.analyzer, c.Default, c.Type)
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
func (s *Store) Table(ctx context.Context, ref catalog.Ref) (*bqv2.Table, error) {
	if err := s.Sweep(ctx); err != nil {
		return nil, err
	}
	t, part, err := s.partition(ref)
	if err != nil {
		return nil, err
	}
	r, err := s.resource(ctx, t)
	if err != nil || part == nil {
		return r, err
	}
	r.TableReference.TableId = ref.Table
	if r.NumRows, err = s.count(ctx, t, " WHERE "+part.Where); err != nil {
		return nil, err
	}
	r.NumBytes = int64(r.NumRows) * types.RowBytes(t.Columns)
	return r, nil
}

// count counts the rows of a table that a WHERE clause lets through.
func (s *Store) count(ctx context.Context, t *catalog.Table, where string) (n uint64, err error) {
	if err := s.DB.QueryRowContext(ctx, "SELECT count(*) FROM "+t.Physical()+where).Scan(&n); err != nil {
		return 0, fmt.Errorf("count the rows of %s: %w", t.Ref, err)
	}
	return n, nil
}

// resource is the REST resource of a table, with its counts.
func (s *Store) resource(ctx context.Context, t *catalog.Table) (*bqv2.Table, error) {
	r := catalog.Clone(t.Resource)
	if t.IsView() || t.IsExternal() {
		return r, nil
	}
	s.Expire(ctx, t)
	rows, err := s.count(ctx, t, "")
	if err != nil {
		return nil, err
	}
	r.NumRows = rows
	r.NumBytes = int64(rows) * types.RowBytes(t.Columns)
	r.ForceSendFields = append(r.ForceSendFields, "NumRows", "NumBytes")
	if m := s.Mutated(t.ID).At; m > int64(r.LastModifiedTime) {
		r.LastModifiedTime = uint64(m)
	}
	return r, nil
}

// ListTables lists a dataset's tables and views by name, without row counts.
func (s *Store) ListTables(ctx context.Context, project, dataset string) ([]*bqv2.Table, error) {
	if err := s.Sweep(ctx); err != nil {
		return nil, err
	}
	d, err := s.Catalog.Dataset(catalog.DatasetRef{Project: project, Dataset: dataset})
	if err != nil {
		return nil, err
	}
	var list []*bqv2.Table
	for _, t := range d.Tables() {
		list = append(list, catalog.Clone(t.Resource))
	}
	return list, nil
}

// DeleteTable deletes a table or view, or the rows of a partition.
func (s *Store) DeleteTable(ctx context.Context, ref catalog.Ref) error {
	t, part, err := s.partition(ref)
	if err != nil {
		return err
	}
	if part != nil {
		if _, err := s.delete(ctx, t, deletion(t, part)); err != nil {
			return duck.AsBigQuery(err)
		}
		s.Touch(t.ID)
		return nil
	}
	return s.Catalog.Change(ctx, func(tx *catalog.Tx) error { return tx.DropTable(ref) })
}

// ReadTable returns rows of a table in the order of their insertion.
func (s *Store) ReadTable(ctx context.Context, ref catalog.Ref, start, limit int64) (*types.Rows, error) {
	t, part, err := s.partition(ref)
	if err != nil {
		return nil, err
	}
	if t.IsView() {
		return s.views.ReadView(ctx, ref, start, limit)
	}
	s.Expire(ctx, t)
	where := "TRUE"
	if part != nil {
		where = "(" + part.Where + ")"
	}
	names := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		names[i] = types.Quote(c.Name)
	}
	if len(t.Columns) == 0 {
		return &types.Rows{}, nil
	}
	tx, err := s.DB.BeginTx(ctx, nil) // see run.still
	if err != nil {
		return nil, duck.AsBigQuery(err)
	}
	defer func() { _ = tx.Rollback() }() // it has only read
	page, err := pageOf(ctx, tx, t.Physical()+" WHERE "+where, start, limit)
	if err != nil {
		return nil, duck.AsBigQuery(err)
	}
	rows, err := duck.Read(ctx, tx, s.Results, t.Columns, "SELECT "+strings.Join(names, ", ")+" FROM "+page)
	return rows, duck.AsBigQuery(err)
}
