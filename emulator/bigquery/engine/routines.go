package engine

import (
	"context"
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"

	bqv2 "google.golang.org/api/bigquery/v2"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/bucket"
	"github.com/tallystream/tallystream/emulator/bigquery/catalog"
	"github.com/tallystream/tallystream/emulator/bigquery/resolved"
	"github.com/tallystream/tallystream/emulator/bigquery/script"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// Routine implements resolved.Names.
func (n *names) Routine(kind resolved.RoutineKind, path []string) (*resolved.Routine, error) {
	if kind == resolved.Procedure && strings.EqualFold(strings.Join(path, "."), refreshName) {
		return &resolved.Routine{
			Kind: kind, Name: refreshName, Fingerprint: refreshName, Arguments: []resolved.Variable{{Name: "view_name", Type: types.Of(types.String)}}, Target: refreshName,
		}, nil
	}
	unknown := bqerror.Query("%s not found: %s", routineWords[kind], strings.Join(path, "."))
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
		Kind: kind, Name: ref.String(), Fingerprint: found.Fingerprint(), Project: ref.Project, Create: found.Create,
		Columns: found.Columns, Target: found,
	}
	if uris := found.Resource.ImportedLibraries; len(uris) > 0 {
		r.Library, r.Unread = n.engine.library(uris)
		r.Fingerprint += fmt.Sprintf(" %x", sha256.Sum256([]byte(r.Library)))
	}
	for _, a := range found.Arguments {
		r.Arguments = append(r.Arguments, resolved.Variable{Name: a.Name, Type: a.Type})
	}
	if found.IsTemplate() {
		r.Template = &resolved.Function{
			Name: strings.Join(path, "."), Arguments: r.Arguments, Result: found.Returns(), Body: found.Resource.DefinitionBody, Expanded: true,
			Aggregate: kind == resolved.AggregateFunction,
		}
		if ref.Project != n.project {
			r.Unread = bqerror.Unsupported("A call of the function %s, which has arguments of ANY TYPE or is an aggregate one, from another project", ref)
		}
		return r, nil
	}
	if kind == resolved.Procedure {
		return r, nil
	}
	if columns, known := n.present(function(found)); known {
		r.Columns = columns
		r.Fingerprint += fmt.Sprintf(" %v", shape(columns))
	}
	if kind == resolved.ScalarFunction {
		r.Result, r.Columns = r.Columns[0].Type, nil
	}
	return r, nil
}

// library is the code in JavaScript at some addresses of Cloud Storage, one after the other.
func (e *Engine) library(uris []string) (string, error) {
	var code strings.Builder
	for _, uri := range uris {
		object, err := bucket.Parse(uri)
		if err != nil {
			return "", err
		}
		text, err := bucket.Read(e.buckets, object)
		if err != nil {
			return "", err
		}
		code.Write(text)
		code.WriteString("\n;\n")
	}
	return code.String(), nil
}

// routineWords are what messages call the kinds of routines.
var routineWords = map[resolved.RoutineKind]string{
	resolved.ScalarFunction: "Function", resolved.AggregateFunction: "Function", resolved.TableFunction: "Table-valued function", resolved.Procedure: "Procedure",
}

// function is a function as its columns are found.
func function(r *catalog.Routine) definition {
	return definition{id: r.ID, project: r.Ref.Project, sql: r.Create, columns: r.Columns}
}

// RoutineColumns implements store.Views.
func (e *Engine) RoutineColumns(r *catalog.Routine) ([]types.Field, error) {
	if r.Resource.RoutineType == string(resolved.Procedure) {
		_, err := e.script(r.Resource.DefinitionBody)
		return nil, err
	}
	n := &names{engine: e, project: r.Ref.Project, defaultProject: r.Ref.Project}
	if r.IsTemplate() { // a call says what its value is
		_, err := e.analyzer.Analyze(&resolved.Request{SQL: r.Create, Names: n})
		return nil, err
	}
	for {
		n.seen = seen{}
		columns, err := e.columnsOf(n, function(r))
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
		RoutineType:      string(d.Routine.Kind), Language: "SQL", DefinitionBody: d.Routine.Body,
	}
	if d.Routine.JavaScript {
		r.Language, r.DeterminismLevel, r.ImportedLibraries = "JAVASCRIPT", d.Routine.Determinism, d.Routine.Libraries
	}
	for i, a := range d.Routine.Arguments {
		argument := &bqv2.Argument{Name: a.Name}
		if a.Type == nil {
			argument.ArgumentKind = "ANY_TYPE"
		} else {
			argument.DataType = types.ToStandard(a.Type)
		}
		if d.Routine.Modes != nil {
			argument.Mode = d.Routine.Modes[i]
		}
		r.Arguments = append(r.Arguments, argument)
	}
	if d.Routine.Returns != nil {
		r.ReturnTableType = &bqv2.StandardSqlTableType{Columns: types.ToStandardFields(d.Routine.Returns)}
	}
	if d.Routine.Result != nil {
		r.ReturnType = types.ToStandard(d.Routine.Result)
	}
	for name, v := range d.Options {
		text, isText := v.(string)
		switch {
		case name == "description" && (isText || v == nil):
			r.Description = text
		case name == "data_governance_type" && isText:
			r.DataGovernanceType = text
		default:
			return nil, bqerror.Query("Unknown option: %s", name)
		}
	}
	return r, nil
}

func (r *run) dropRoutine(ctx context.Context, d *resolved.DDL, res *Result) error {
	if r.dropFunction(d) {
		res.DDLOperation = "DROP"
		return nil
	}
	ref, err := r.names.ref(parts(d.Path))
	if err != nil {
		return err
	}
	res.DDLRoutine, res.DDLOperation = &ref, "DROP"
	found, err := r.engine.Catalog.Routine(ref)
	if err == nil && found.Resource.RoutineType != string(d.Routine.Kind) && (d.Routine.Kind != resolved.ScalarFunction || found.Resource.RoutineType != string(resolved.AggregateFunction)) {
		return bqerror.Query("%s is not allowed for this operation because it is currently a routine of type %s.", ref, found.Resource.RoutineType)
	}
	if err == nil {
		err = r.engine.DeleteRoutine(ctx, ref)
	}
	if bqerror.IsNotFound(err) && d.IfExists {
		res.DDLOperation = "SKIP"
		return nil
	}
	return err
}

// dropFunction removes a temporary function, if the statement names one.
func (r *run) dropFunction(d *resolved.DDL) bool {
	before := len(r.functions)
	if len(d.Path) == 1 && d.Routine.Kind == resolved.ScalarFunction {
		r.functions = slices.DeleteFunc(slices.Clone(r.functions), func(f *resolved.Function) bool { return strings.EqualFold(f.Name, d.Path[0]) })
	}
	return len(r.functions) < before
}

// Procedure implements script.Host.
func (h *host) Procedure(sql string) (*script.Procedure, error) {
	plan, err := (*run)(h).plan(sql)
	if err != nil {
		return nil, err
	}
	if plan.Procedure == nil {
		return nil, bqerror.Unsupported("CALL of a system procedure")
	}
	if plan.Procedure.Target == refreshName {
		return h.refresh()
	}
	found := plan.Procedure.Target.(*catalog.Routine)
	p := &script.Procedure{Name: found.Ref.String(), Project: found.Ref.Project, SQL: found.Resource.DefinitionBody}
	for i, a := range found.Arguments {
		mode := found.Resource.Arguments[i].Mode
		p.Arguments = append(p.Arguments, script.ProcedureArgument{Name: a.Name, Type: a.Type, In: mode != "OUT", Out: strings.HasSuffix(mode, "OUT")})
	}
	p.Body, err = h.engine.script(p.SQL)
	return p, err
}

// refreshName is the procedure of BigQuery that refreshes a materialized view
// (https://cloud.google.com/bigquery/docs/materialized-views-manage#manual_refresh).
const refreshName = "BQ.REFRESH_MATERIALIZED_VIEW"

// refreshBody checks that there is such a view. There is nothing to refresh: a materialized
// view is computed when it is read.
const refreshBody = "EXECUTE IMMEDIATE FORMAT(" +
	`'''ASSERT EXISTS (SELECT 1 FROM ` + "`%s`" + `.INFORMATION_SCHEMA.TABLES WHERE table_name = '%s' AND table_type = 'MATERIALIZED VIEW') AS "%s is no materialized view"''', REGEXP_EXTRACT(view_name, r'^(.*)\.'), REGEXP_EXTRACT(view_name, r'([^.]+)$'), view_name)`

// refresh is the procedure that refreshes a materialized view.
func (h *host) refresh() (*script.Procedure, error) {
	p := &script.Procedure{Name: refreshName, Project: h.names.project, SQL: refreshBody}
	p.Arguments = []script.ProcedureArgument{{Name: "view_name", Type: types.Of(types.String), In: true}}
	var err error
	p.Body, err = h.engine.script(p.SQL)
	return p, err
}

// Enter implements script.Host. A procedure sees the temporary tables of the script, and
// none of its functions and query parameters.
func (h *host) Enter(p *script.Procedure) (leave func()) {
	names, functions, params := h.names, h.functions, h.params
	h.names = names.of(p.Project)
	h.names.temps = names.temps
	h.functions, h.params = nil, &parameters{key: "procedure"}
	return func() { h.names, h.functions, h.params = names, functions, params }
}
