package engine

import (
	"context"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/catalog"
	"github.com/tallystream/tallystream/emulator/bigquery/resolved"
)

func (r *run) dropTable(ctx context.Context, d *resolved.DDL, res *Result) error {
	ref, err := r.names.ref(parts(d.Path))
	if err != nil {
		return err
	}
	res.DDLTarget, res.DDLOperation = &ref, "DROP"
	err = r.engine.Catalog.Change(ctx, func(tx *catalog.Tx) error {
		t, err := tx.Table(ref)
		if err != nil {
			return err
		}
		if t.IsView() != (d.Action == resolved.DropView) || (t.Resource.MaterializedView != nil) != d.Materialized || (t.Resource.Type == "SNAPSHOT") != d.Snapshot || t.IsExternal() != (d.External != nil) {
			return bqerror.Query("%s is not allowed for this operation because it is currently a %s.", ref, t.Resource.Type)
		}
		return tx.DropTable(ref)
	})
	return unlessMissing(err, d, res)
}

func (r *run) dropSchema(ctx context.Context, d *resolved.DDL, res *Result) error {
	ref, err := r.names.datasetRef(d.Path)
	if err != nil {
		return err
	}
	res.DDLOperation = "DROP"
	err = r.engine.DeleteDataset(ctx, ref.Project, ref.Dataset, d.Cascade)
	return unlessMissing(err, d, res)
}
