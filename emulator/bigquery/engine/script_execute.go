package engine

import (
	"context"
	"strings"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/duck"
	"github.com/tallystream/tallystream/emulator/bigquery/resolved"
	"github.com/tallystream/tallystream/emulator/bigquery/script"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

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
			if v.value, err = duck.To(res.Rows.Values[0][i], v.typ); err != nil {
				return err
			}
		}
	}
	return nil
}
