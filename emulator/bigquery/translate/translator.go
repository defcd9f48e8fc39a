// Package translate turns resolved GoogleSQL into statements of DuckDB: it reads
// the tree that package analyzer makes, never the text. Whatever isn't translated
// exactly is refused by its name.
//
// It runs nothing and holds no data.
package translate

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/ducksql"
	"github.com/tallystream/tallystream/emulator/bigquery/function"
	"github.com/tallystream/tallystream/emulator/bigquery/resolved"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// translator turns one resolved tree into DuckDB's SQL.
//
// Every column of the tree has a number; its name in DuckDB is made of it, so
// names never clash and correlated references need no qualification.
type translator struct {
	analyzer resolved.Analyzer // of views and functions
	req      *resolved.Request
	names    []resolved.Named
	replaced map[*resolved.Source]*resolved.Source // of the analysis
	plan     *Plan
	prefix   string // of column and WITH names, differs between views
	shared   *sharedState

	// project of the view being expanded, "" for the statement itself, and what it is.
	project string
	by      any // Target of the view or the routine
	// instead is what a query for part of a table reads in the place of the table, whose Target insteadOf is.
	instead   string
	insteadOf any
	// columns that have another name than by number where they are in scope: those
	// of a table that changes, and those in the FROM of an unfinished relation.
	named map[int32]string
	// filtered are the columns that a condition refers to; condition is the
	// depth of conditions around the expression being translated.
	filtered  map[int32]bool
	condition int
	recursive []string          // names of the recursive WITH entries under translation
	arguments map[string]string // of a function that is inlined, by name
	checks    []func()          // run when the statement is complete
}

var _ function.Statement = (*translator)(nil)

// sharedState is common to a statement and the views it expands.
type sharedState struct {
	parameters []Parameter
	scopes     int
	uses       map[string]bool
	depth      int
	clock      string                        // expression of the current time, "" for a parameter
	volatile   int                           // calls so far whose values differ: RAND()
	subqueries int                           // so far
	analyses   map[string]*resolved.Analysis // of views and routines, each once
}

// maxDepth is BigQuery's limit of nested views.
const maxDepth = 16

func newTranslator(a resolved.Analyzer, req *resolved.Request, plan *Plan, shared *sharedState, prefix string) *translator {
	return &translator{
		analyzer: a, req: req, plan: plan, shared: shared, prefix: prefix, filtered: map[int32]bool{}, named: map[int32]string{},
	}
}

// Statement translates one statement.
func Statement(a resolved.Analyzer, req *resolved.Request) (plan *Plan, err error) {
	analysis, err := a.Analyze(req)
	if err != nil {
		return nil, err
	}
	defer bqerror.Catch(&err)
	t := newTranslator(a, req, &Plan{}, &sharedState{uses: map[string]bool{}}, "c")
	t.names, t.replaced = analysis.Names, analysis.Replaced
	t.statement(analysis.Statement)
	t.finish()
	return t.plan, nil
}

// Default translates the default value of a column, an expression without
// tables, parameters or subqueries.
func Default(a resolved.Analyzer, expr string, typ *types.Type) (out string, err error) {
	req := &resolved.Request{
		SQL: fmt.Sprintf("SELECT CAST((%s) AS %s)", expr, typ), Names: none{},
	}
	analysis, err := a.Analyze(req)
	if err != nil {
		return "", err
	}
	defer bqerror.Catch(&err)
	t := newTranslator(a, req, &Plan{}, &sharedState{clock: "CAST(now() AT TIME ZONE 'UTC' AS TIMESTAMP)"}, "c")
	if q, ok := analysis.Statement.(*resolved.Query); ok {
		if p, ok := q.Scan.(*resolved.Project); ok && len(p.Exprs) == 1 {
			return t.expr(p.Exprs[0].Expr), nil
		}
	}
	return "", bqerror.Unsupported("the default value %s", expr)
}

// none are the names of a default value: it can't name anything.
type none struct{}

func (none) Table(path []string) (*resolved.Source, error) {
	return nil, bqerror.Query("A default value can't name the table %s", strings.Join(path, "."))
}

func (none) Routine(_ resolved.RoutineKind, path []string) (*resolved.Routine, error) {
	return nil, bqerror.Query("A default value can't name the function %s", strings.Join(path, "."))
}

func (n none) In(string) resolved.Names { return n }

// nested analyzes a statement inside of the statement, that of a view or a function.
// by is the Target of the view or the function. What it names begins with prefix.
func (t *translator) nested(req *resolved.Request, project string, by any, prefix string) (*translator, resolved.Statement) {
	req.Zone = t.req.Zone
	sub := newTranslator(t.analyzer, req, t.plan, t.shared, t.Fresh(prefix)+"c")
	sub.project, sub.by = project, by
	analysis := t.analysis(req, project)
	sub.names, sub.replaced = analysis.Names, analysis.Replaced
	return sub, analysis.Statement
}

// analysis analyzes a nested statement. That of a view or a routine, which depends on
// nothing of the statement around it, is analyzed once.
func (t *translator) analysis(req *resolved.Request, project string) *resolved.Analysis {
	key, alone := project+"\x00"+req.SQL, req.Variables == nil && req.Functions == nil
	if known := t.shared.analyses[key]; known != nil && alone {
		return known
	}
	analysis, err := t.analyzer.Analyze(req)
	if err != nil {
		bqerror.Throw(err)
	}
	if alone {
		if t.shared.analyses == nil {
			t.shared.analyses = map[string]*resolved.Analysis{}
		}
		t.shared.analyses[key] = analysis
	}
	return analysis
}

// finish ends the translation of a statement or a view.
func (t *translator) finish() {
	for _, c := range t.checks {
		c()
	}
	t.noteUses()
}

// noteUses records the tables and routines that the analysis looked up.
func (t *translator) noteUses() {
	for _, n := range t.names {
		u := Use{Project: t.project, By: t.by, Path: n.Path, Source: n.Source, Routine: n.Routine}
		key := fmt.Sprintf("%s\x00%p\x00%s", t.project, t.by, strings.Join(n.Path, "\x00"))
		if n.Routine != nil {
			u.Fingerprint = n.Routine.Fingerprint
			key += "\x00" + string(n.Routine.Kind)
		} else {
			u.Fingerprint = n.Source.Fingerprint
		}
		if !t.shared.uses[key] {
			t.shared.uses[key] = true
			t.plan.Uses = append(t.plan.Uses, u)
		}
	}
}

// statement translates any statement.
func (t *translator) statement(stmt resolved.Statement) {
	switch s := stmt.(type) {
	case *resolved.Query:
		t.plan.Kind = "SELECT"
		sql, columns := t.query(s)
		t.plan.Columns = columns
		t.step(Query, sql)
	case *resolved.ExportData:
		t.exportData(s)
	case *resolved.Insert:
		t.insert(s)
	case *resolved.Update:
		t.update(s)
	case *resolved.Delete:
		t.delete(s)
	case *resolved.Merge:
		t.merge(s)
	case *resolved.Truncate:
		t.truncate(s)
	case *resolved.DDL:
		t.ddl(s)
	case *resolved.Begin:
		t.control("BEGIN_TRANSACTION", Begin)
	case *resolved.Commit:
		t.control("COMMIT_TRANSACTION", Commit)
	case *resolved.Rollback:
		t.control("ROLLBACK_TRANSACTION", Rollback)
	case *resolved.Assert:
		t.control("ASSERT", Assert)
		t.plan.Control.Message = s.Message
		t.step(Query, "SELECT "+t.expr(s.Condition))
	case *resolved.CallProcedure:
		t.plan.Kind, t.plan.Procedure = "CALL", s.Procedure
	case *resolved.CreateFunction:
		t.plan.Kind, t.plan.Function = "CREATE_FUNCTION", s.Function
	case *resolved.Other:
		bqerror.Refuse("%s", s.Name)
	default:
		panic(fmt.Sprintf("translate: unknown statement %T", stmt))
	}
}

func (t *translator) control(kind string, action ControlAction) {
	t.plan.Kind, t.plan.Control = kind, &Control{Action: action}
}

// ddl translates the query of a statement that changes the catalog. The engine
// carries out the rest as the statement says it.
func (t *translator) ddl(d *resolved.DDL) {
	own := *d // the analysis may be kept for other statements
	d = &own
	if s := t.replaced[d.Like]; s != nil { // it is of another table with the same columns
		d.Like = s
	}
	if d.AsOf != nil {
		t.past(d.Like, AsOfTime, d.AsOf)
	}
	t.plan.Kind, t.plan.DDL = d.Kind, d
	if d.Routine != nil && d.Routine.Expr != nil {
		t.expr(d.Routine.Expr) // which refuses what isn't supported
		t.shared.parameters = nil
	}
	t.options(-1, d.Options)
	for i, a := range d.Alter {
		t.options(i, a.Options)
	}
	if d.Query == nil {
		return
	}
	sql, columns := t.query(d.Query)
	if d.Action == resolved.CreateView || d.Action == resolved.CreateRoutine {
		t.shared.parameters = nil
		for i, name := range d.Names {
			columns[i].Name = name
		}
		d.Columns = columns
		return
	}
	if len(columns) != len(d.Columns) {
		bqerror.Refuse("CREATE TABLE AS SELECT AS STRUCT")
	}
	t.step(Query, sql)
}

// options translates the options that are expressions.
func (t *translator) options(alter int, options map[string]any) {
	for _, name := range slices.Sorted(maps.Keys(options)) {
		e, ok := options[name].(resolved.Expr)
		if !ok {
			continue
		}
		sql := "SELECT " + t.expr(e)
		t.plan.Options = append(t.plan.Options, Option{Alter: alter, Name: name, Type: e.Type(), Value: Step{SQL: sql, Parameters: t.shared.parameters}})
		t.shared.parameters = nil
	}
}

// step adds a step with the parameters used since the last one.
func (t *translator) step(role Role, sql string) {
	t.plan.Steps = append(t.plan.Steps, Step{Role: role, SQL: sql, Parameters: t.shared.parameters})
	t.shared.parameters = nil
}

// column is the name of a column in DuckDB.
func (t *translator) column(c *resolved.Column) string {
	if t.condition > 0 {
		t.filtered[c.ID] = true
	}
	if name, ok := t.named[c.ID]; ok {
		return name
	}
	return t.number(c.ID)
}

// Fresh implements function.Statement.
func (t *translator) Fresh(kind string) string {
	t.shared.scopes++
	return fmt.Sprintf("%s_%d", kind, t.shared.scopes)
}

// Volatile implements function.Statement.
func (t *translator) Volatile() {
	t.plan.Volatile = true
	t.shared.volatile++
}

// Now implements function.Statement.
func (t *translator) Now() string {
	if t.shared.clock != "" {
		return t.shared.clock
	}
	return t.parameter(Parameter{Kind: Clock, Type: types.Of(types.Timestamp)})
}

// Zone implements function.Statement.
func (t *translator) Zone() string {
	if t.req.Zone == "" {
		return function.UTC
	}
	return ducksql.String(t.req.Zone)
}

// SessionUser is the SystemVariable with the email address of who runs the statement.
const SessionUser = "$session_user"

// User implements function.Statement.
func (t *translator) User() string {
	return t.parameter(Parameter{Kind: SystemVariable, Name: SessionUser, Type: types.Of(types.String)})
}

// alias returns a name for a table that no column of BigQuery can have:
// alias.column would mean a field of that.
func (t *translator) alias() string { return types.Quote(t.Fresh("^")) }

// parameter is the placeholder of a value, numbered once per step.
func (t *translator) parameter(p Parameter) string {
	if p.Kind != QueryParameter {
		t.plan.Volatile = true
	}
	n := 0
	for i, q := range t.shared.parameters {
		if q.Kind == p.Kind && q.Name == p.Name && q.Position == p.Position {
			n = i + 1
		}
	}
	if n == 0 {
		t.shared.parameters = append(t.shared.parameters, p)
		n = len(t.shared.parameters)
	}
	placeholder := fmt.Sprintf("$%d", n)
	if p.Type.Kind == types.Array || p.Type.Kind == types.Struct || p.Type.Kind == types.Range {
		placeholder = "CAST(" + placeholder + " AS JSON)"
	}
	return ducksql.Cast(placeholder, p.Type)
}
