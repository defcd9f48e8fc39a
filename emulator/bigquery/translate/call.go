package translate

import (
	"fmt"
	"maps"
	"strings"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/ducksql"
	"github.com/tallystream/tallystream/emulator/bigquery/function"
	"github.com/tallystream/tallystream/emulator/bigquery/functions"
	"github.com/tallystream/tallystream/emulator/bigquery/functions/javascript"
	"github.com/tallystream/tallystream/emulator/bigquery/resolved"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// call translates a call of a scalar function: of a dataset, of the script's, or one of
// package functions.
func (t *translator) call(e *resolved.Call) string {
	if e.Routine != nil {
		return ducksql.Try(t.routineCall(e), e.Safe)
	}
	for _, f := range t.req.Functions {
		if strings.EqualFold(f.Name, e.Function) {
			c := t.translated(e)
			if f.JavaScript {
				return ducksql.Try(t.javascript(f.Name, f.Arguments, f.Result, f.Body, f.Library, c.Args), e.Safe)
			}
			return ducksql.Try(t.inline(f, c), e.Safe)
		}
	}
	f, ok := functions.All.Scalars[e.Function]
	if !ok {
		bqerror.Refuse("function %s", function.Display(e.Function))
	}
	call := func(c *function.Call) string {
		out := f(c)
		if !functions.All.Exact[e.Function] {
			out = ducksql.Cast(out, e.Type())
		}
		return out
	}
	if e.Function == "$or" && t.condition > 0 {
		return call(t.either(e))
	}
	c := t.translated(e)
	if e.Safe {
		return c.Safe(call)
	}
	return call(c)
}

// collating are the functions that compare texts by a collation.
var collating = map[string]bool{
	"$equal": true, "$not_equal": true, "$less": true, "$less_or_equal": true, "$greater": true, "$greater_or_equal": true, "$between": true,
	"$in": true, "$in_array": true, "$is_distinct_from": true, "$is_not_distinct_from": true, "$case_with_value": true, "nullif": true,
	"greatest": true, "least": true, "$like": true, "$like_any": true, "$like_all": true, "$not_like_any": true, "$not_like_all": true,
	"starts_with": true, "ends_with": true, "min": true, "max": true, "count": true, "approx_count_distinct": true, "min_by": true, "max_by": true,
}

// either translates OR in a condition, which filters by a column only if each of its arguments does.
func (t *translator) either(e *resolved.Call) *function.Call {
	outer := t.filtered
	var common map[int32]bool
	c := &function.Call{Statement: t, Name: e.Function, Type: e.Type()}
	for _, arg := range e.Args {
		t.filtered = map[int32]bool{}
		c.Nodes, c.Args, c.Types = append(c.Nodes, arg), append(c.Args, t.expr(arg)), append(c.Types, arg.Type())
		if common == nil {
			common = t.filtered
		}
		maps.DeleteFunc(common, func(id int32, _ bool) bool { return !t.filtered[id] })
	}
	maps.Copy(outer, common)
	t.filtered = outer
	return c
}

// translated translates the arguments of a call; a lambda becomes DuckDB's.
func (t *translator) translated(e *resolved.Call) *function.Call {
	c := &function.Call{Statement: t, Name: e.Function, Type: e.Type()}
	if e.Collation != "" && !collating[e.Function] {
		bqerror.Refuse("%s of texts with a collation", function.Display(e.Function))
	}
	for _, arg := range e.Args {
		text, typ := "", (*types.Type)(nil)
		if l, ok := arg.(*resolved.Lambda); ok {
			arg, text = nil, t.lambda(l)
		} else {
			text, typ = t.expr(arg), arg.Type()
		}
		if e.Collation != "" {
			typ = types.Collated(typ, e.Collation)
		}
		c.Nodes, c.Args, c.Types = append(c.Nodes, arg), append(c.Args, text), append(c.Types, typ)
	}
	return c
}

func (t *translator) lambda(l *resolved.Lambda) string {
	var names []string
	for _, p := range l.Params {
		names = append(names, t.column(p))
	}
	return fmt.Sprintf("lambda %s: %s", strings.Join(names, ", "), t.expr(l.Body))
}

// javascript is a call of a function in JavaScript. Nothing says that its value is that of its
// arguments alone.
func (t *translator) javascript(name string, arguments []resolved.Variable, result *types.Type, body, library string, args []string) string {
	t.plan.Volatile = true
	d, list := t.definition(name, arguments, result, body, library, args)
	return javascript.Call(t, d, list)
}

// definition is a function in JavaScript, and the arguments of a call of it.
func (t *translator) definition(name string, arguments []resolved.Variable, result *types.Type, body, library string, args []string) (*javascript.Definition, []string) {
	d := &javascript.Definition{Name: name, Result: result, Body: body, Library: library}
	list := make([]string, len(args))
	for i, a := range arguments {
		d.Arguments = append(d.Arguments, types.Field{Name: a.Name, Type: a.Type})
		list[i] = ducksql.Cast(args[i], a.Type)
	}
	return d, list
}

// inline translates a call of a script's function: its body with the arguments in
// the place of their names.
func (t *translator) inline(f *resolved.Function, c *function.Call) string {
	if t.shared.depth++; t.shared.depth > maxDepth {
		bqerror.Refuse("functions nested deeper than %d", maxDepth)
	}
	defer func() { t.shared.depth-- }()
	req := *t.req
	req.SQL, req.Variables, req.Parameters = "SELECT "+f.Body, f.Arguments, nil
	arguments := map[string]string{}
	for i, arg := range f.Arguments {
		arguments[strings.ToLower(arg.Name)] = ducksql.Cast(c.Args[i], arg.Type)
	}
	sub, statement := t.nested(&req, t.project, t.by, "f")
	q, ok := statement.(*resolved.Query)
	if !ok {
		bqerror.Refuse("function %s, whose body is no expression,", f.Name)
	}
	sub.arguments = arguments
	out := fmt.Sprintf("(%s)", sub.positional(q.Scan))
	sub.finish()
	return ducksql.Cast(out, f.Result)
}
