package engine

import (
	"context"
	"strings"
	"unicode/utf8"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/duck"
	"github.com/tallystream/tallystream/emulator/bigquery/resolved"
	"github.com/tallystream/tallystream/emulator/bigquery/script"
	"github.com/tallystream/tallystream/emulator/bigquery/translate"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// script runs the statements of a query and sums up their results.
func (r *run) script(ctx context.Context, nodes []script.Node) (*Result, error) {
	if len(nodes) == 1 {
		if s, ok := nodes[0].(*script.Simple); ok && !s.Script {
			return r.statement(ctx, s.SQL)
		}
	}
	outer, total := r.total, &Result{StatementType: "SCRIPT"}
	r.total = total
	defer func() { r.total = outer }()
	runner := &script.Runner{Host: (*host)(r), State: &r.state, SQL: r.query.SQL}
	if err := runner.Run(ctx, nodes); err != nil {
		return nil, err
	}
	for _, c := range total.Children {
		total.BytesProcessed += c.BytesProcessed
		total.Referenced = append(total.Referenced, c.Referenced...)
		total.Routines = append(total.Routines, c.Routines...)
		if c.Rows != nil || c.DML != nil || c.DDLOperation != "" { // after DML and DDL a script has no rows
			total.Rows = c.Rows
		}
	}
	return total, nil
}

// host is a run as its scripts see it.
type host run

var _ script.Host = (*host)(nil)

// Statement implements script.Host. It tells Options.BeforeStatement first.
func (h *host) Statement(ctx context.Context, sql string) error {
	r := (*run)(h)
	r.announced++
	if before := r.engine.before; before != nil {
		if err := before(ctx, Statement{Project: r.query.Project, Number: r.announced, SQL: sql}); err != nil {
			return err
		}
	}
	began := r.engine.Now()
	res, err := r.statement(ctx, sql)
	if err != nil {
		return err
	}
	child := *res // the engine may keep res for the same statement
	child.SQL, child.Began = sql, began
	child.Line, child.Column = position(r.query.SQL, sql)
	r.total.Children = append(r.total.Children, &child)
	return nil
}

// position is the line and the column at which a statement first stands in a script; 1, 1
// where it doesn't, as in a procedure.
func position(script, statement string) (line, column int) {
	before, _, found := strings.Cut(script, statement)
	if !found {
		return 1, 1
	}
	return 1 + strings.Count(before, "\n"), utf8.RuneCountInString(before[strings.LastIndexByte(before, '\n')+1:]) + 1
}

// Evaluate implements script.Host.
func (h *host) Evaluate(ctx context.Context, expr string) (*script.Variable, error) {
	r := (*run)(h)
	plan, query, args, err := r.started(ctx, "SELECT "+expr)
	if err != nil {
		return nil, err
	}
	v := &script.Variable{Type: plan.Columns[0].Type}
	err = r.still(ctx, func() error { return duck.AsBigQuery(r.conn.QueryRowContext(ctx, query, args...).Scan(&v.Value)) })
	if err != nil {
		return nil, err
	}
	return v, nil
}

// started plans and binds a query that a statement of the script evaluates, and takes the time that it takes to begin.
func (r *run) started(ctx context.Context, sql string) (plan *translate.Plan, query string, args []any, err error) {
	r.began = r.engine.Now()
	if plan, err = r.plan(sql); err != nil {
		return nil, "", nil, err
	}
	if err = r.paceExpression(ctx, plan); err != nil {
		return nil, "", nil, err
	}
	query, args, err = r.bind(plan.Steps[0])
	return plan, query, args, err
}

// Type implements script.Host.
func (h *host) Type(name string) (*types.Type, error) {
	plan, err := (*run)(h).plan("SELECT CAST(NULL AS " + name + ")")
	if err != nil {
		return nil, err
	}
	return plan.Columns[0].Type, nil
}

// Query implements script.Host.
func (h *host) Query(ctx context.Context, sql string) (*types.Type, []map[string]any, error) {
	r := (*run)(h)
	plan, query, args, err := r.started(ctx, sql)
	if err != nil {
		return nil, nil, err
	}
	typ := &types.Type{Kind: types.Struct, Fields: plan.Columns}
	var rows []map[string]any
	err = r.still(ctx, func() (err error) {
		rows, err = duck.ReadStructs(ctx, r.conn, typ, query, args...)
		return err
	})
	return typ, rows, err
}

// Execute implements script.Host.
func (h *host) Execute(ctx context.Context, sql string, using []*script.Variable, into []string) error {
	r := (*run)(h)
	params := &parameters{key: "execute"}
	for _, arg := range using {
		params.positional = arg.Name == ""
		params.types = append(params.types, resolved.Variable{Name: arg.Name, Type: arg.Type})
		params.values = append(params.values, arg.Value)
		params.key += " " + arg.Name + " " + arg.Type.String()
	}
	nodes, err := r.engine.script(sql)
	if err != nil {
		return err
	}
	began := r.engine.Now()
	res, err := r.dynamic(ctx, nodes, params)
	if err != nil {
		return err
	}
	if len(into) > 0 {
		return r.into(into, res)
	}
	child := *res // the engine may keep res for the same statement
	child.Began = began
	r.total.Children = append(r.total.Children, &child)
	return nil
}

// dynamic runs a dynamic statement, which sees no variables of the script.
func (r *run) dynamic(ctx context.Context, nodes []script.Node, params *parameters) (*Result, error) {
	outer, scopes := r.params, r.state.Scopes
	r.params, r.state.Scopes = params, nil
	defer func() { r.params, r.state.Scopes = outer, scopes }()
	return r.script(ctx, nodes)
}

// into stores the only row of a dynamic query in variables.
func (r *run) into(names []string, res *Result) error {
	if res.Rows == nil || len(res.Rows.Schema) != len(names) {
		return bqerror.Query("EXECUTE IMMEDIATE … INTO needs a query with %d columns", len(names))
	}
	if len(res.Rows.Values) > 1 {
		return bqerror.Query("The query in EXECUTE IMMEDIATE … INTO returned more than one row")
	}
	columns, err := types.FromSchema(res.Rows.Schema)
	if err != nil {
		return err
	}
	for i, name := range names {
		v := r.state.Scopes.Find(name)
		if v == nil {
			return bqerror.Query("Undeclared variable: %s", name)
		}
		if err := v.Assignable(columns[i].Type); err != nil {
			return err
		}
		v.Value = nil
		if len(res.Rows.Values) == 1 {
			if v.Value, err = duck.To(res.Rows.Values[0][i], v.Type); err != nil {
				return err
			}
		}
	}
	return nil
}

// createFunction adds a temporary function, or replaces one.
func (r *run) createFunction(f *resolved.Function, res *Result) error {
	res.DDLOperation = "CREATE"
	if len(f.Libraries) > 0 {
		library, err := r.engine.library(f.Libraries)
		if err != nil {
			return err
		}
		own := *f
		own.Library, f = library, &own
	}
	kept := []*resolved.Function{f}
	for _, old := range r.functions {
		if !strings.EqualFold(old.Name, f.Name) {
			kept = append(kept, old)
		}
	}
	r.functions = kept
	return nil
}
