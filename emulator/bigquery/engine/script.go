package engine

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/resolved"
	"github.com/tallystream/tallystream/emulator/bigquery/script"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// scope holds the variables of a block.
type scope []*variable

// variable is a variable of a script; its value is DuckDB's.
type variable struct {
	name  string
	typ   *types.Type
	value any
}

// variable finds a variable by its name, from the innermost block outwards.
func (r *run) variable(name string) *variable {
	for i := len(r.scopes) - 1; i >= 0; i-- {
		for _, v := range r.scopes[i] {
			if strings.EqualFold(v.name, name) {
				return v
			}
		}
	}
	return nil
}

// jump leaves loops and scripts; it travels as an error.
type jump struct{ *script.Jump }

func (jump) Error() string { return "BREAK, CONTINUE or RETURN outside of a loop" }

// script runs the statements of a query and sums up their results.
func (r *run) script(ctx context.Context, nodes []script.Node) (*Result, error) {
	if len(nodes) == 1 {
		if s, ok := nodes[0].(*script.Simple); ok {
			return r.statement(ctx, s.SQL)
		}
	}
	total := &Result{StatementType: "SCRIPT"}
	err := r.block(ctx, nodes, total)
	var j jump
	if errors.As(err, &j) && j.Return {
		err = nil
	}
	if err != nil {
		return nil, err
	}
	for _, c := range total.Children {
		total.BytesProcessed += c.BytesProcessed
		total.Referenced = append(total.Referenced, c.Referenced...)
		if c.Rows != nil {
			total.Rows = c.Rows
		}
	}
	return total, nil
}

// block runs statements in a scope of their own.
func (r *run) block(ctx context.Context, nodes []script.Node, total *Result) error {
	depth := len(r.scopes)
	r.scopes = append(r.scopes, nil)
	defer func() { r.scopes = r.scopes[:depth] }()
	return r.list(ctx, nodes, total)
}

func (r *run) list(ctx context.Context, nodes []script.Node, total *Result) error {
	for _, n := range nodes {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := r.node(ctx, n, total); err != nil {
			return err
		}
	}
	return nil
}

// node runs one statement of a script.
func (r *run) node(ctx context.Context, n script.Node, total *Result) error {
	switch s := n.(type) {
	case *script.Simple:
		if err := r.announce(ctx, s.SQL); err != nil {
			return err
		}
		res, err := r.statement(ctx, s.SQL)
		if err != nil {
			return r.located(err, s.Text)
		}
		total.Children = append(total.Children, res)
		return nil
	case *script.Declare:
		return r.located(r.declare(ctx, s), s.Text)
	case *script.Set:
		return r.located(r.set(ctx, s), s.Text)
	case *script.Block:
		return r.guarded(ctx, s, total)
	case *script.If:
		return r.branch(ctx, s, total)
	case *script.Loop:
		return r.loop(ctx, s, total)
	case *script.For:
		return r.forIn(ctx, s, total)
	case *script.Jump:
		return jump{s}
	case *script.Raise:
		return r.raise(ctx, s)
	case *script.Execute:
		return r.located(r.execute(ctx, s, total), s.Text)
	}
	return bqerror.Unsupported("this statement")
}

// announce tells Options.BeforeStatement of a statement.
func (r *run) announce(ctx context.Context, sql string) error {
	r.announced++
	if r.engine.before == nil {
		return nil
	}
	return r.engine.before(ctx, Statement{Project: r.query.Project, Number: r.announced, SQL: sql})
}

var location = regexp.MustCompile(`at \[(\d+):(\d+)\]`)

// located moves the location in an error's message from the statement to the
// script that holds it.
func (r *run) located(err error, text script.Text) error {
	var be *Error
	if err == nil || !errors.As(err, &be) || text.Offset == 0 || text.Offset > len(r.query.SQL) {
		return err
	}
	before := r.query.SQL[:text.Offset]
	lines := strings.Count(before, "\n")
	column := len(before) - strings.LastIndexByte(before, '\n') - 1
	moved := *be
	moved.Message = location.ReplaceAllStringFunc(be.Message, func(at string) string {
		m := location.FindStringSubmatch(at)
		line, _ := strconv.Atoi(m[1])
		col, _ := strconv.Atoi(m[2])
		if line == 1 {
			col += column
		}
		return fmt.Sprintf("at [%d:%d]", line+lines, col)
	})
	return &moved
}

// createFunction adds a temporary function, or replaces one.
func (r *run) createFunction(f *resolved.Function, res *Result) {
	res.DDLOperation = "CREATE"
	kept := []*resolved.Function{f}
	for _, old := range r.functions {
		if !strings.EqualFold(old.Name, f.Name) {
			kept = append(kept, old)
		}
	}
	r.functions = kept
}

// evaluate computes an expression.
func (r *run) evaluate(ctx context.Context, expr string) (*variable, error) {
	r.began = r.engine.now()
	plan, err := r.plan("SELECT " + expr)
	if err != nil {
		return nil, err
	}
	query, args, err := r.bind(plan.Steps[0])
	if err != nil {
		return nil, err
	}
	v := &variable{typ: plan.Columns[0].Type}
	err = r.still(ctx, func() error { return asBigQuery(r.conn.QueryRowContext(ctx, query, args...).Scan(&v.value)) })
	if err != nil {
		return nil, err
	}
	return v, nil
}

// condition computes an expression of type BOOL.
func (r *run) condition(ctx context.Context, expr string) (bool, error) {
	v, err := r.evaluate(ctx, "CAST(("+expr+") AS BOOL)")
	if err != nil {
		return false, err
	}
	b, _ := v.value.(bool) // NULL is false
	return b, nil
}

func (r *run) declare(ctx context.Context, d *script.Declare) error {
	v, err := r.initial(ctx, d)
	if err != nil {
		return err
	}
	inner := len(r.scopes) - 1
	for _, name := range d.Names {
		for _, other := range r.scopes[inner] {
			if strings.EqualFold(other.name, name) {
				return bqerror.Query("Variable '%s' redeclaration is not allowed", name)
			}
		}
		r.scopes[inner] = append(r.scopes[inner], &variable{name: name, typ: v.typ, value: v.value})
	}
	return nil
}

// initial is the value of a variable before it is set.
func (r *run) initial(ctx context.Context, d *script.Declare) (*variable, error) {
	switch {
	case d.Default == "":
		plan, err := r.plan("SELECT CAST(NULL AS " + d.Type + ")")
		if err != nil {
			return nil, err
		}
		return &variable{typ: plan.Columns[0].Type}, nil
	case d.Type == "":
		return r.evaluate(ctx, "("+d.Default+")")
	default:
		return r.evaluate(ctx, "CAST(("+d.Default+") AS "+d.Type+")")
	}
}

func (r *run) set(ctx context.Context, s *script.Set) error {
	if s.System {
		return r.setSystem(ctx, s)
	}
	targets := make([]*variable, len(s.Names))
	for i, name := range s.Names {
		if targets[i] = r.variable(name); targets[i] == nil {
			return bqerror.Query("Undeclared variable: %s", name)
		}
	}
	if len(targets) == 1 {
		v, err := r.evaluate(ctx, "CAST(("+s.Value+") AS "+targets[0].typ.String()+")")
		if err != nil {
			return err
		}
		targets[0].value = v.value
		return nil
	}
	v, err := r.evaluate(ctx, "("+s.Value+")")
	if err != nil {
		return err
	}
	if v.typ.Kind != types.Struct || len(v.typ.Fields) != len(targets) {
		return bqerror.Query("SET of %d variables needs a STRUCT of %d fields, not a %s", len(targets), len(targets), v.typ)
	}
	fields, _ := v.value.(map[string]any)
	for i, t := range targets {
		if !v.typ.Fields[i].Type.Same(t.typ) {
			return bqerror.Query("Cannot assign a value of type %s to variable '%s' of type %s", v.typ.Fields[i].Type, t.name, t.typ)
		}
		t.value = fields[v.typ.Key(i)]
	}
	return nil
}

func (r *run) setSystem(ctx context.Context, s *script.Set) error {
	name := strings.ToLower(s.Names[0])
	v, err := r.evaluate(ctx, "("+s.Value+")")
	if err != nil {
		return err
	}
	text, _ := v.value.(string)
	switch name {
	case "dataset_id":
		r.names.defaultDataset = text
	case "dataset_project_id":
		r.names.defaultProject = text
	case "query_label":
		r.system[name] = v.value
	default:
		return bqerror.Unsupported("SET @@%s", name)
	}
	return nil
}
