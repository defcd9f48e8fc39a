package engine

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/duck"
	"github.com/tallystream/tallystream/emulator/bigquery/resolved"
	"github.com/tallystream/tallystream/emulator/bigquery/translate"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// ddl carries out a DDL statement.
func (r *run) ddl(ctx context.Context, plan *translate.Plan, res *Result) error {
	d, err := r.withOptions(ctx, plan)
	if err != nil {
		return err
	}
	if d != plan.DDL {
		changed := *plan
		changed.DDL, plan = d, &changed
	}
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
	case resolved.CreateRowPolicy:
		return r.createRowPolicy(ctx, d, res)
	case resolved.DropRowPolicy:
		return r.dropRowPolicy(ctx, d, res)
	case resolved.LoadData:
		return r.loadData(ctx, d, res)
	case resolved.CreateDataPolicy:
		return r.createDataPolicy(ctx, d, res)
	case resolved.AlterDataPolicy:
		return r.alterDataPolicy(ctx, d, res)
	case resolved.DropDataPolicy:
		return r.dropDataPolicy(ctx, d, res)
	case resolved.CreateIndex:
		return r.createIndex(ctx, d, res)
	case resolved.DropIndex:
		return r.dropIndex(ctx, d, res)
	case resolved.GrantRoles:
		return r.grant(ctx, d)
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

// withOptions is the statement with the values of its options that are expressions.
func (r *run) withOptions(ctx context.Context, plan *translate.Plan) (*resolved.DDL, error) {
	if len(plan.Options) == 0 {
		return plan.DDL, nil
	}
	d := *plan.DDL
	d.Options, d.Alter = maps.Clone(d.Options), slices.Clone(d.Alter)
	for i := range d.Alter {
		d.Alter[i].Options = maps.Clone(d.Alter[i].Options)
	}
	for _, o := range plan.Options {
		query, args, err := r.bind(o.Value)
		if err != nil {
			return nil, err
		}
		rows, err := duck.Read(ctx, r.conn, r.engine.Results, []types.Field{{Name: o.Name, Type: o.Type}}, query, args...)
		if err != nil {
			return nil, err
		}
		value := rows.Values[0][0]
		if at, ok := value.(time.Time); ok {
			value = at.UnixMicro()
		}
		if o.Alter >= 0 {
			d.Alter[o.Alter].Options[o.Name] = value
			continue
		}
		d.Options[o.Name] = value
	}
	return &d, nil
}
