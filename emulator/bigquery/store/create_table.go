package store

import (
	"context"
	"strings"

	bqv2 "google.golang.org/api/bigquery/v2"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/catalog"
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
	s.stampTable(r)
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

// stampTable gives a table that has changed a new time and a new entity tag.
func (s *Store) stampTable(r *bqv2.Table) {
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
