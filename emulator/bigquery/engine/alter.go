package engine

import (
	"context"

	bqv2 "google.golang.org/api/bigquery/v2"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/resolved"
	"github.com/tallystream/tallystream/emulator/bigquery/store"
)

// alterTable carries out ALTER TABLE and ALTER VIEW.
func (r *run) alterTable(ctx context.Context, d *resolved.DDL, res *Result) error {
	ref, err := r.names.ref(parts(d.Path))
	if err != nil {
		return err
	}
	res.DDLTarget, res.DDLOperation = &ref, "ALTER"
	if t, err := r.engine.Catalog.Table(ref); err == nil {
		if err := notExternal(t, "ALTER TABLE"); err != nil {
			return err
		}
		if d.Action == resolved.AlterView && (!t.IsView() || (t.Resource.MaterializedView != nil) != d.Materialized) {
			return bqerror.Query("%s is not allowed for this operation because it is currently a %s.", ref, t.Resource.Type)
		}
	}
	err = r.engine.AlterTable(ctx, ref, d.Alter)
	return unlessMissing(err, d, res)
}

func (r *run) alterSchema(ctx context.Context, d *resolved.DDL, res *Result) error {
	ref, err := r.names.datasetRef(d.Path)
	if err != nil {
		return err
	}
	res.DDLOperation = "ALTER"
	_, err = r.engine.UpdateDataset(ctx, ref.Project, ref.Dataset, func(dataset *bqv2.Dataset) error {
		for _, a := range d.Alter {
			if a.Action == resolved.SetCollation {
				dataset.DefaultCollation = a.Name
				continue
			}
			if a.Action != resolved.SetOptions {
				return bqerror.Unsupported("this ALTER SCHEMA")
			}
			if err := store.SetDatasetOptions(dataset, a.Options); err != nil {
				return err
			}
		}
		return nil
	})
	return unlessMissing(err, d, res)
}
