package engine

import (
	"context"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/resolved"
)

// alterTable carries out ALTER TABLE and ALTER VIEW.
func (r *run) alterTable(ctx context.Context, d *resolved.DDL, res *Result) error {
	ref, err := r.names.ref(parts(d.Path))
	if err != nil {
		return err
	}
	res.DDLTarget, res.DDLOperation = &ref, "ALTER"
	err = r.engine.AlterTable(ctx, ref, d.Alter)
	if bqerror.IsNotFound(err) && d.IfExists {
		res.DDLOperation = "SKIP"
		return nil
	}
	return err
}
