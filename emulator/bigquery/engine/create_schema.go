package engine

import (
	"context"

	bqv2 "google.golang.org/api/bigquery/v2"

	"github.com/tallystream/tallystream/emulator/bigquery/resolved"
	"github.com/tallystream/tallystream/emulator/bigquery/store"
)

func (r *run) createSchema(ctx context.Context, d *resolved.DDL, res *Result) error {
	ref, err := r.names.datasetRef(d.Path)
	if err != nil {
		return err
	}
	res.DDLOperation = "CREATE"
	dataset := &bqv2.Dataset{DatasetReference: &bqv2.DatasetReference{ProjectId: ref.Project, DatasetId: ref.Dataset}, DefaultCollation: d.Collation}
	if err := store.SetDatasetOptions(dataset, d.Options); err != nil {
		return err
	}
	_, err = r.engine.CreateDataset(ctx, dataset)
	if isDuplicate(err) && d.IfNotExists {
		res.DDLOperation = "SKIP"
		return nil
	}
	return err
}
