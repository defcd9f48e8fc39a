package engine

import (
	"context"
	"errors"
	"strings"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/resolved"
	"github.com/tallystream/tallystream/emulator/bigquery/script"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// guarded runs a BEGIN … END block with its exception handler.
func (r *run) guarded(ctx context.Context, b *script.Block, total *Result) error {
	depth := len(r.scopes)
	err := r.block(ctx, b.Body, total)
	var j jump
	switch {
	case err == nil:
		return nil
	case errors.As(err, &j):
		if j.Label != "" && strings.EqualFold(j.Label, b.Label) && !j.Jump.Continue {
			return nil
		}
		return err
	case !b.HasCatch || isCancelled(err):
		return err
	}
	r.scopes = r.scopes[:depth]
	outer := r.system
	r.system = map[string]any{}
	for k, v := range outer {
		r.system[k] = v
	}
	r.system["error.message"] = err.Error()
	r.system["error.statement_text"] = b.SQL
	err = r.block(ctx, b.Handler, total)
	rows := r.system["row_count"]
	r.system = outer
	r.system["row_count"] = rows
	return err
}

func (r *run) branch(ctx context.Context, s *script.If, total *Result) error {
	for _, b := range s.Branches {
		ok, err := r.condition(ctx, b.Condition)
		if err != nil {
			return r.located(err, s.Text)
		}
		if ok {
			return r.list(ctx, b.Body, total)
		}
	}
	return r.list(ctx, s.Else, total)
}

// turnOf runs the body of a loop once; done says that the loop ends.
func (r *run) turnOf(ctx context.Context, body []script.Node, label string, total *Result) (done bool, err error) {
	err = r.block(ctx, body, total)
	var j jump
	if !errors.As(err, &j) || j.Return {
		return err != nil, err
	}
	if j.Label != "" && !strings.EqualFold(j.Label, label) {
		return true, err
	}
	return !j.Continue, nil
}

func (r *run) loop(ctx context.Context, l *script.Loop, total *Result) error {
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		if l.While != "" {
			ok, err := r.condition(ctx, l.While)
			if err != nil || !ok {
				return err
			}
		}
		done, err := r.turnOf(ctx, l.Body, l.Label, total)
		if done || err != nil {
			return err
		}
		if l.Until != "" {
			ok, err := r.condition(ctx, l.Until)
			if err != nil || ok {
				return err
			}
		}
	}
}

// forIn runs a body for each row of a query, which is read before the first.
func (r *run) forIn(ctx context.Context, f *script.For, total *Result) error {
	r.began = r.engine.now()
	plan, err := r.plan(f.Query)
	if err != nil {
		return r.located(err, f.Text)
	}
	query, args, err := r.bind(plan.Steps[0])
	if err != nil {
		return err
	}
	typ := types.Of(types.Struct)
	for _, c := range plan.Columns {
		typ.Fields = append(typ.Fields, types.Field{Name: c.Name, Type: c.Type})
	}
	var list []map[string]any
	err = r.still(ctx, func() (err error) {
		list, err = r.rawRows(ctx, query, args, typ)
		return err
	})
	if err != nil {
		return err
	}
	for _, row := range list {
		r.scopes = append(r.scopes, scope{{name: f.Variable, typ: typ, value: row}})
		done, err := r.turnOf(ctx, f.Body, f.Label, total)
		r.scopes = r.scopes[:len(r.scopes)-1]
		if done || err != nil {
			return err
		}
	}
	return nil
}

// rawRows reads rows as DuckDB's structs of a type.
func (r *run) rawRows(ctx context.Context, query string, args []any, typ *types.Type) ([]map[string]any, error) {
	rows, err := r.conn.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, asBigQuery(err)
	}
	defer rows.Close()
	var list []map[string]any
	for rows.Next() {
		raw, dest := make([]any, len(typ.Fields)), make([]any, len(typ.Fields))
		for i := range raw {
			dest[i] = &raw[i]
		}
		if err := rows.Scan(dest...); err != nil {
			return nil, asBigQuery(err)
		}
		row := map[string]any{}
		for i := range typ.Fields {
			row[typ.Key(i)] = raw[i]
		}
		list = append(list, row)
	}
	return list, asBigQuery(rows.Err())
}

func (r *run) raise(ctx context.Context, s *script.Raise) error {
	if s.Message == "" {
		if m, ok := r.system["error.message"].(string); ok {
			return bqerror.Query("%s", m)
		}
		return bqerror.Query("RAISE without a message is only allowed in an exception handler")
	}
	v, err := r.evaluate(ctx, "CAST(("+s.Message+") AS STRING)")
	if err != nil {
		return r.located(err, s.Text)
	}
	text, _ := v.value.(string)
	return bqerror.Query("%s", text)
}

// execute runs EXECUTE IMMEDIATE.
func (r *run) execute(ctx context.Context, s *script.Execute, total *Result) error {
	v, err := r.evaluate(ctx, "CAST(("+s.Query+") AS STRING)")
	if err != nil {
		return err
	}
	text, ok := v.value.(string)
	if !ok {
		return bqerror.Query("EXECUTE IMMEDIATE sql string cannot be NULL")
	}
	params := &parameters{key: "execute"}
	for _, a := range s.Using {
		arg, err := r.evaluate(ctx, "("+a.Value+")")
		if err != nil {
			return err
		}
		params.positional = a.Name == ""
		name := strings.ToLower(a.Name)
		params.types = append(params.types, resolved.Variable{Name: name, Type: arg.typ})
		params.values = append(params.values, arg.value)
		params.key += " " + name + " " + arg.typ.String()
	}
	nodes, err := r.engine.script(text)
	if err != nil {
		return err
	}
	res, err := r.dynamic(ctx, nodes, params)
	if err != nil {
		return err
	}
	if len(s.Into) > 0 {
		return r.into(s.Into, res)
	}
	total.Children = append(total.Children, res)
	return nil
}

// dynamic runs a dynamic statement, which sees no variables of the script.
func (r *run) dynamic(ctx context.Context, nodes []script.Node, params *parameters) (*Result, error) {
	outer, scopes := r.params, r.scopes
	r.params, r.scopes = params, nil
	defer func() { r.params, r.scopes = outer, scopes }()
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
		v := r.variable(name)
		if v == nil {
			return bqerror.Query("Undeclared variable: %s", name)
		}
		if !columns[i].Type.Same(v.typ) {
			return bqerror.Query("Cannot assign a value of type %s to variable '%s' of type %s", columns[i].Type, name, v.typ)
		}
		v.value = nil
		if len(res.Rows.Values) == 1 {
			if v.value, err = toDuck(res.Rows.Values[0][i], v.typ); err != nil {
				return err
			}
		}
	}
	return nil
}
