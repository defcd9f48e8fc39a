package engine

import (
	"context"
	"fmt"
	"strings"

	bqv2 "google.golang.org/api/bigquery/v2"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/catalog"
	"github.com/tallystream/tallystream/emulator/bigquery/resolved"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// Routine implements resolved.Names.
func (n *names) Routine(kind resolved.RoutineKind, path []string) (*resolved.Routine, error) {
	unknown := bqerror.Query("Table-valued function not found: %s", strings.Join(path, "."))
	ref, err := n.ref(parts(path))
	if err != nil {
		return nil, unknown
	}
	d, err := n.engine.Catalog.Dataset(ref.DatasetRef())
	if err != nil {
		return nil, err
	}
	found, err := d.Routine(ref)
	if err != nil || found.Resource.RoutineType != string(kind) {
		return nil, unknown
	}
	r := &resolved.Routine{
		Kind: kind, Name: ref.String(), Fingerprint: found.Fingerprint(), Project: ref.Project, Create: found.Create(),
		Columns: found.Columns, Target: found,
	}
	for _, a := range found.Arguments {
		r.Arguments = append(r.Arguments, resolved.Variable{Name: a.Name, Type: a.Type})
	}
	if columns, known := n.present(tableFunction(found)); known {
		r.Columns = columns
		r.Fingerprint += fmt.Sprintf(" %v", shape(columns))
	}
	return r, nil
}

// tableFunction is a table function as its columns are found.
func tableFunction(r *catalog.Routine) definition {
	return definition{id: r.ID, project: r.Ref.Project, sql: r.Create(), columns: r.Columns}
}

// RoutineColumns implements store.Views.
func (e *Engine) RoutineColumns(r *catalog.Routine) ([]types.Field, error) {
	n := &names{engine: e, project: r.Ref.Project, defaultProject: r.Ref.Project}
	for {
		n.seen = seen{}
		columns, err := e.columnsOf(n, tableFunction(r))
		if !e.refresh(n.seen, maxViewDepth) {
			return columns, err
		}
	}
}

func (r *run) createRoutine(ctx context.Context, d *resolved.DDL, res *Result) error {
	ref, err := r.names.ref(parts(d.Path))
	if err != nil {
		return err
	}
	res.DDLRoutine, res.DDLOperation = &ref, "CREATE"
	if _, err := r.engine.Catalog.Routine(ref); err == nil {
		switch {
		case d.IfNotExists:
			res.DDLOperation = "SKIP"
			return nil
		case d.Replace:
			res.DDLOperation = "REPLACE"
		}
	}
	routine, err := routineResource(ref, d)
	if err != nil {
		return err
	}
	if d.Replace {
		_, err = r.engine.ReplaceRoutine(ctx, routine)
	} else {
		_, err = r.engine.CreateRoutine(ctx, routine)
	}
	return err
}

// routineResource is the REST resource of the routine that DDL creates.
func routineResource(ref TableRef, d *resolved.DDL) (*bqv2.Routine, error) {
	r := &bqv2.Routine{
		RoutineReference: &bqv2.RoutineReference{ProjectId: ref.Project, DatasetId: ref.Dataset, RoutineId: ref.Table},
		RoutineType:      string(resolved.TableFunction), Language: "SQL", DefinitionBody: d.Routine.Body,
	}
	for _, a := range d.Routine.Arguments {
		r.Arguments = append(r.Arguments, &bqv2.Argument{Name: a.Name, DataType: types.ToStandard(a.Type)})
	}
	if d.Routine.Returns != nil {
		r.ReturnTableType = &bqv2.StandardSqlTableType{Columns: types.ToStandardFields(d.Routine.Returns)}
	}
	for name, v := range d.Options {
		text, isText := v.(string)
		if name != "description" || !isText && v != nil {
			return nil, bqerror.Query("Unknown option: %s", name)
		}
		r.Description = text
	}
	return r, nil
}

func (r *run) dropRoutine(ctx context.Context, d *resolved.DDL, res *Result) error {
	ref, err := r.names.ref(parts(d.Path))
	if err != nil {
		return err
	}
	res.DDLRoutine, res.DDLOperation = &ref, "DROP"
	err = r.engine.DeleteRoutine(ctx, ref)
	if bqerror.IsNotFound(err) && d.IfExists {
		res.DDLOperation = "SKIP"
		return nil
	}
	return err
}
