package translate

import (
	"errors"
	"fmt"
	"strings"

	gsql "github.com/goccy/go-googlesql"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// translator turns one resolved tree into DuckDB's SQL.
//
// Every column of the tree has a number; its name in DuckDB is made of it, so
// names never clash and correlated references need no qualification.
type translator struct {
	a      *analyzer
	req    *Request
	plan   *Plan
	tables *lookup
	prefix string // of column and WITH names, differs between views
	shared *sharedState

	// project of the view being expanded, "" for the statement itself.
	project string
	// columns that have another name than by number where they are in scope: those
	// of a table that changes, and those in the FROM of an unfinished relation.
	named map[int32]string
	// filtered are the columns that a condition refers to; condition is the
	// depth of conditions around the expression being translated.
	filtered  map[int32]bool
	condition int
	recursive []recursion
	arguments map[string]string // of a function that is inlined, by name
	checks    []func()          // run when the statement is complete
}

// sharedState is common to a statement and the views it expands.
type sharedState struct {
	parameters []Parameter
	scopes     int
	uses       map[string]bool
	depth      int
	clock      string // expression of the current time, "" for a parameter
}

// recursion is a recursive WITH entry under translation.
type recursion struct{ name string }

// Statement translates one statement.
func Statement(req *Request) (plan *Plan, err error) {
	a, err := shared()
	if err != nil {
		return nil, err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	plan, err = a.statement(req)
	if errors.Is(err, errFolded) {
		again := *req
		again.unfolded = true
		plan, err = a.statement(&again)
	}
	return plan, err
}

func (a *analyzer) statement(req *Request) (plan *Plan, err error) {
	defer catch(&err)
	plan = &Plan{}
	t := &translator{
		a: a, req: req, plan: plan, prefix: "c", shared: &sharedState{uses: map[string]bool{}},
		filtered: map[int32]bool{}, named: map[int32]string{},
	}
	text, partition := a.ingestionClause(req.SQL)
	err = a.analyze(req, text, func(l *lookup, stmt gsql.ResolvedStatementNode) {
		t.tables = l
		t.statement(stmt)
		t.finish()
	})
	if partition != nil && plan.DDL != nil {
		plan.DDL.Partition = partition
	}
	if err != nil {
		return nil, err
	}
	return plan, nil
}

// Default translates the default value of a column, an expression without
// tables, parameters or subqueries.
func Default(expr string, typ *types.Type) (out string, err error) {
	a, err := shared()
	if err != nil {
		return "", err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	defer catch(&err)
	req := &Request{
		SQL: fmt.Sprintf("SELECT CAST((%s) AS %s)", expr, typ),
		Resolve: func(path []string) (*Source, error) {
			return nil, bqerror.Query("A default value can't name the table %s", strings.Join(path, "."))
		},
	}
	t := &translator{
		a: a, req: req, plan: &Plan{}, prefix: "c", filtered: map[int32]bool{}, named: map[int32]string{},
		shared: &sharedState{clock: "CAST(now() AT TIME ZONE 'UTC' AS TIMESTAMP)"},
	}
	err = a.analyze(req, req.SQL, func(l *lookup, stmt gsql.ResolvedStatementNode) {
		t.tables = l
		if q, ok := stmt.(*gsql.ResolvedQueryStmt); ok {
			if p, ok := must(q.Query()).(*gsql.ResolvedProjectScan); ok && len(must(p.ExprList())) == 1 {
				out = t.expr(must(must(p.ExprList())[0].Expr()))
				return
			}
		}
		unsupported("the default value %s", expr)
	})
	return out, err
}

// finish ends the translation of a statement or a view.
func (t *translator) finish() {
	for _, c := range t.checks {
		c()
	}
	t.noteUses()
}

// noteUses records the tables that the analysis looked up.
func (t *translator) noteUses() {
	for i, s := range t.tables.sources {
		key := t.project + "\x00" + strings.Join(t.tables.paths[i], "\x00")
		if !t.shared.uses[key] {
			t.shared.uses[key] = true
			t.plan.Uses = append(t.plan.Uses, Use{Project: t.project, Path: t.tables.paths[i], Source: s, Fingerprint: s.Fingerprint})
		}
	}
}

// statement translates any statement.
func (t *translator) statement(stmt gsql.ResolvedStatementNode) {
	switch s := stmt.(type) {
	case *gsql.ResolvedQueryStmt:
		t.plan.Kind = "SELECT"
		sql, columns := t.query(must(s.Query()), must(s.OutputColumnList()), must(s.IsValueTable()))
		t.plan.Columns = columns
		t.step(Query, sql)
	case *gsql.ResolvedInsertStmt:
		t.insert(s)
	case *gsql.ResolvedUpdateStmt:
		t.update(s)
	case *gsql.ResolvedDeleteStmt:
		t.delete(s)
	case *gsql.ResolvedMergeStmt:
		t.merge(s)
	case *gsql.ResolvedTruncateStmt:
		t.truncate(s)
	default:
		if !t.ddl(stmt) && !t.control(stmt) {
			unsupported("%s", statementName(stmt))
		}
	}
}

// statementName is the name of a statement for messages.
func statementName(stmt gsql.ResolvedStatementNode) string {
	kind := must(stmt.NodeKindString())
	return "the statement " + strings.TrimSuffix(strings.TrimPrefix(kind, "Resolved"), "Stmt")
}

// step adds a step with the parameters used since the last one.
func (t *translator) step(role Role, sql string) {
	t.plan.Steps = append(t.plan.Steps, Step{Role: role, SQL: sql, Parameters: t.shared.parameters})
	t.shared.parameters = nil
}

// query translates a query with its output columns. Column names follow
// BigQuery: an unnamed column is f0_, f1_, …
func (t *translator) query(scan gsql.ResolvedScanNode, output []*gsql.ResolvedOutputColumn, valueTable bool) (string, []types.Field) {
	if valueTable {
		c := must(output[0].Column())
		if typ := typeOf(must(c.Type())); typ.Kind == types.Struct {
			return t.explode(t.scanSQL(scan), t.column(c), typ)
		}
	}
	var columns []types.Field
	numbers := make([]*gsql.ResolvedColumn, len(output))
	unnamed := 0
	used := map[string]int{}
	for i, o := range output {
		c := must(o.Column())
		name := must(o.Name())
		if name == "" || strings.HasPrefix(name, "$") {
			name = fmt.Sprintf("f%d_", unnamed)
			unnamed++
		}
		key := strings.ToLower(name)
		if n := used[key]; n > 0 { // a name used before gets a number
			name = fmt.Sprintf("%s_%d", name, n)
		}
		used[key]++
		numbers[i] = c
		columns = append(columns, types.Field{Name: name, Type: typeOf(must(c.Type()))})
	}
	r := t.renamed(t.scan(scan), numbers, func(i int) string { return fmt.Sprintf("o%d", i) })
	return t.sql(r), columns
}

// explode makes the fields of a query's only column its columns.
func (t *translator) explode(in, column string, typ *types.Type) (string, []types.Field) {
	var names []string
	var columns []types.Field
	for i, f := range typ.Fields {
		name := f.Name
		if name == "" {
			name = fmt.Sprintf("f%d_", i)
		}
		names = append(names, fmt.Sprintf("%s AS o%d", field(column, typ, i), i))
		columns = append(columns, types.Field{Name: name, Type: f.Type})
	}
	return fmt.Sprintf("SELECT %s FROM (%s)", strings.Join(names, ", "), in), columns
}

// column is the name of a column in DuckDB.
func (t *translator) column(c *gsql.ResolvedColumn) string {
	id := must(c.ColumnId())
	if t.condition > 0 {
		t.filtered[id] = true
	}
	if name, ok := t.named[id]; ok {
		return name
	}
	return t.number(id)
}

// fresh returns a name for a helper relation.
func (t *translator) fresh(kind string) string {
	t.shared.scopes++
	return fmt.Sprintf("%s_%d", kind, t.shared.scopes)
}

// alias returns a name for a table that no column of BigQuery can have:
// alias.column would mean a field of that.
func (t *translator) alias() string { return types.Quote(t.fresh("^")) }

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
	if p.Type.Kind == types.Array || p.Type.Kind == types.Struct {
		return fmt.Sprintf("CAST(CAST($%d AS JSON) AS %s)", n, p.Type.DuckDB())
	}
	return fmt.Sprintf("CAST($%d AS %s)", n, p.Type.DuckDB())
}

// view translates the query of a view.
func (t *translator) view(s *Source) (string, []types.Field) {
	if t.shared.depth++; t.shared.depth > 16 { // BigQuery's limit of nested views
		fail(bqerror.Query("Too many nested views: %s", s.Name))
	}
	defer func() { t.shared.depth-- }()
	req := &Request{SQL: s.View, Resolve: t.req.In(s.Project), In: t.req.In}
	sub := &translator{
		a: t.a, req: req, plan: t.plan, shared: t.shared, project: s.Project,
		prefix: t.fresh("v") + "c", filtered: map[int32]bool{}, named: map[int32]string{},
	}
	var sql string
	var columns []types.Field
	err := t.a.analyze(req, s.View, func(l *lookup, stmt gsql.ResolvedStatementNode) {
		q, ok := stmt.(*gsql.ResolvedQueryStmt)
		if !ok {
			unsupported("view %s, which is no query,", s.Name)
		}
		sub.tables = l
		sql, columns = sub.query(must(q.Query()), must(q.OutputColumnList()), must(q.IsValueTable()))
		sub.finish()
	})
	if err != nil {
		fail(err)
	}
	return sql, columns
}
