package engine

import (
	"context"
	"strings"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/resolved"
	"github.com/tallystream/tallystream/emulator/bigquery/translate"
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
	case resolved.CreateRoutine:
		return r.createRoutine(ctx, d, res)
	case resolved.DropRoutine:
		return r.dropRoutine(ctx, d, res)
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

// unlessMissing returns the error of a statement, or notes that it did nothing where IF
// EXISTS allows for what isn't there.
func unlessMissing(err error, d *resolved.DDL, res *Result) error {
	if bqerror.IsNotFound(err) && d.IfExists {
		res.DDLOperation = "SKIP"
		return nil
	}
	return err
}
