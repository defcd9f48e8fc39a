package engine

import (
	"context"
	"slices"
	"strings"

	bqv2 "google.golang.org/api/bigquery/v2"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/catalog"
	"github.com/tallystream/tallystream/emulator/bigquery/resolved"
	"github.com/tallystream/tallystream/emulator/bigquery/translate"
)

type callerKey struct{}

// WithCaller is a context of what somebody asks for, whose permissions count then. The name
// is the one that Options.Authorize knows.
func WithCaller(ctx context.Context, caller string) context.Context {
	return context.WithValue(ctx, callerKey{}, caller)
}

func callerOf(ctx context.Context) string {
	caller, _ := ctx.Value(callerKey{}).(string)
	return caller
}

// The permissions of https://cloud.google.com/bigquery/docs/access-control#bq-permissions
// that statements need.
const (
	getData       = "bigquery.tables.getData"
	updateData    = "bigquery.tables.updateData"
	createTables  = "bigquery.tables.create"
	callRoutines  = "bigquery.routines.get"
	createRoutine = "bigquery.routines.create"
)

// Permit is the error of the context's caller who lacks a permission on a table.
func (e *Engine) Permit(ctx context.Context, permission string, table TableRef) error {
	return e.permit(callerOf(ctx), permission, "tables", table)
}

// PermitWrite implements API.
func (e *Engine) PermitWrite(ctx context.Context, table TableRef) error {
	if _, err := e.Catalog.Table(table); bqerror.IsNotFound(err) {
		return e.permitDataset(callerOf(ctx), createTables, table.DatasetRef())
	}
	return e.Permit(ctx, updateData, table)
}

// permit is the error of a caller who lacks a permission on a table or a routine.
func (e *Engine) permit(caller, permission, collection string, ref TableRef) error {
	if e.allow == nil || caller == "" {
		return nil
	}
	if err := e.allow(caller, permission, "projects/"+ref.Project+"/datasets/"+ref.Dataset+"/"+collection+"/"+ref.Table); err != nil {
		kind := "Table"
		if collection == "routines" {
			kind = "Routine"
		}
		return bqerror.Denied(kind, ref.String(), err)
	}
	return nil
}

func (e *Engine) permitDataset(caller, permission string, ref catalog.DatasetRef) error {
	if e.allow == nil || caller == "" {
		return nil
	}
	if err := e.allow(caller, permission, "projects/"+ref.Project+"/datasets/"+ref.Dataset); err != nil {
		return bqerror.Denied("Dataset", ref.String(), err)
	}
	return nil
}

// permit is the error of a caller who may not run a plan.
func (r *run) permit(p *translate.Plan) error {
	if err := r.permitTags(p); err != nil || r.engine.allow == nil || r.caller == "" {
		return err
	}
	if p.DDL != nil && !strings.HasSuffix(ddlPermissions[p.DDL.Action], ".create") {
		return r.permitDDL(p.DDL) // it names what it changes, and reads nothing
	}
	for _, u := range p.Uses {
		if u.Routine != nil {
			if routine, ok := u.Routine.Target.(*catalog.Routine); ok && u.By == nil {
				if err := r.engine.permit(r.caller, callRoutines, "routines", routine.Ref); err != nil {
					return err
				}
			}
			continue
		}
		for _, t := range tablesOf(u.Source) {
			if err := r.permitTable(p, u, t); err != nil {
				return err
			}
		}
	}
	return r.permitDDL(p.DDL)
}

// tablesOf are the permanent tables that a source is made of.
func tablesOf(s *resolved.Source) []*catalog.Table {
	switch t := s.Target.(type) {
	case *catalog.Table:
		return []*catalog.Table{t}
	case []*catalog.Table:
		return t
	}
	return nil
}

// permitTable is the error of a caller who may not do with a table what a plan does.
func (r *run) permitTable(p *translate.Plan, u translate.Use, t *catalog.Table) error {
	if u.By != nil && r.engine.lets(t.Ref.DatasetRef(), u.By) {
		return nil
	}
	isTarget := u.By == nil && p.Target != nil && p.Target.Target == any(t)
	if isTarget {
		if err := r.engine.permit(r.caller, updateData, "tables", t.Ref); err != nil {
			return err
		}
		if p.Kind == "TRUNCATE_TABLE" || p.Kind == "INSERT" && !slices.ContainsFunc(p.Reads, func(r translate.Read) bool { return r.Source.Target == any(t) }) {
			return nil
		}
	}
	return r.engine.permit(r.caller, getData, "tables", t.Ref)
}

// lets reports whether a dataset lets a view or a routine read its tables, whoever asks
// (https://cloud.google.com/bigquery/docs/authorized-views).
func (e *Engine) lets(dataset catalog.DatasetRef, by any) bool {
	d, err := e.Catalog.Dataset(dataset)
	if err != nil {
		return false
	}
	for _, a := range d.Resource.Access {
		if authorizes(a, by) {
			return true
		}
	}
	return false
}

func authorizes(a *bqv2.DatasetAccess, by any) bool {
	switch by := by.(type) {
	case *catalog.Table:
		if v := a.View; v != nil && by.Ref == (TableRef{Project: v.ProjectId, Dataset: v.DatasetId, Table: v.TableId}) {
			return true
		}
		d := a.Dataset
		return d != nil && d.Dataset != nil && by.Ref.DatasetRef() == (catalog.DatasetRef{Project: d.Dataset.ProjectId, Dataset: d.Dataset.DatasetId})
	case *catalog.Routine:
		f := a.Routine
		return f != nil && by.Ref == (TableRef{Project: f.ProjectId, Dataset: f.DatasetId, Table: f.RoutineId})
	}
	return false
}

// ddlPermissions are those of statements on what there is, by their action.
var ddlPermissions = map[resolved.DDLAction]string{
	resolved.DropTable: "bigquery.tables.delete", resolved.DropView: "bigquery.tables.delete",
	resolved.AlterTable: "bigquery.tables.update", resolved.AlterView: "bigquery.tables.update",
	resolved.DropRoutine:     "bigquery.routines.delete",
	resolved.CreateRowPolicy: "bigquery.rowAccessPolicies.create", resolved.DropRowPolicy: "bigquery.rowAccessPolicies.delete",
	resolved.CreateIndex: "bigquery.tables.createIndex", resolved.DropIndex: "bigquery.tables.deleteIndex",
	resolved.DropSchema: "bigquery.datasets.delete", resolved.AlterSchema: "bigquery.datasets.update",
	resolved.CreateSchema: "bigquery.datasets.create", resolved.GrantRoles: "bigquery.datasets.update",
	resolved.CreateTable: createTables, resolved.CreateView: createTables, resolved.CreateRoutine: createRoutine,
}

// permitDDL is the error of a caller who may not create, change or drop something.
func (r *run) permitDDL(d *resolved.DDL) error {
	if d == nil || d.Temporary || d.Action == resolved.DropTable && r.names.temp(parts(d.Path)) != nil {
		return nil
	}
	permission := ddlPermissions[d.Action]
	switch {
	case d.Action == resolved.LoadData:
		ref, err := r.names.ref(parts(d.Path))
		if err != nil {
			return err
		}
		return r.engine.PermitWrite(WithCaller(context.Background(), r.caller), ref)
	case strings.HasPrefix(permission, "bigquery.datasets."):
		ref, err := r.names.datasetRef(d.Path)
		if err != nil {
			return err
		}
		return r.engine.permitDataset(r.caller, permission, ref)
	case strings.HasSuffix(permission, ".create") && d.Action != resolved.CreateRowPolicy:
		ref, err := r.names.ref(parts(d.Path))
		if err != nil {
			return err
		}
		return r.engine.permitDataset(r.caller, permission, ref.DatasetRef())
	}
	ref, err := r.names.ref(parts(d.Path))
	if err != nil {
		return err
	}
	collection := "tables"
	if d.Action == resolved.DropRoutine {
		collection = "routines"
	}
	return r.engine.permit(r.caller, permission, collection, ref)
}
