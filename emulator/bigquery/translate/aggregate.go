package translate

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/ducksql"
	"github.com/tallystream/tallystream/emulator/bigquery/function"
	"github.com/tallystream/tallystream/emulator/bigquery/functions"
	"github.com/tallystream/tallystream/emulator/bigquery/functions/javascript"
	"github.com/tallystream/tallystream/emulator/bigquery/functions/operators"
	"github.com/tallystream/tallystream/emulator/bigquery/resolved"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

func (t *translator) aggregateScan(s *resolved.Aggregate) *relation {
	in := t.open(t.scan(s.Input))
	if in.from == "" {
		in = t.closed(in)
	}
	in, picked := t.havingColumns(s, in)
	r, list, keys := t.grouped(s, in)
	for _, g := range s.Grouping {
		at := slices.IndexFunc(list, func(i item) bool { return i.id == g.Key.ID })
		list = append(list, t.newItem(g.Column, fmt.Sprintf("CAST(grouping(%s) AS BIGINT)", keys[at])))
	}
	for _, c := range s.Calls {
		if c.Err != nil {
			bqerror.Throw(c.Err)
		}
		list = append(list, t.newItem(c.Column, t.aggregateCall(c.Call, picked[c.Call])))
	}
	group := t.groupBy(s, keys)
	if group == "" && len(s.Calls) == 0 {
		group = " LIMIT 1"
	}
	return &relation{with: r.with, from: r.from, where: r.where, items: list, tail: group}
}

// grouped is what a scan groups, its columns and what those are grouped by. One that isn't
// a column becomes one first; so do all of grouping sets, which name them.
func (t *translator) grouped(s *resolved.Aggregate, r *relation) (in *relation, columns []item, keys []string) {
	columns, plain := make([]item, len(s.GroupBy)), len(s.Sets) == 0
	for i, g := range s.GroupBy {
		_, column := g.Expr.(*resolved.ColumnRef)
		plain = plain && column
		expr := t.expr(g.Expr)
		if len(s.Sets) > 0 {
			expr = operators.Alike(expr, g.Column.Type, "GROUPING SETS")
		}
		columns[i] = t.newItem(g.Column, expr)
	}
	if !plain {
		r = t.closed(r.extended(columns...))
	}
	keys = make([]string, len(columns))
	for i, g := range s.GroupBy {
		if !plain {
			columns[i].expr = columns[i].name
		}
		keys[i] = columns[i].expr
		if len(s.Sets) == 0 && operators.Keyed(g.Column.Type) {
			keys[i], columns[i].expr = operators.Key(keys[i], g.Column.Type), "any_value("+keys[i]+")"
		}
	}
	return r, columns, keys
}

// groupBy is the GROUP BY clause with its grouping sets.
func (t *translator) groupBy(s *resolved.Aggregate, keys []string) string {
	if len(s.Sets) == 0 {
		if len(keys) == 0 {
			return ""
		}
		return " GROUP BY " + strings.Join(keys, ", ")
	}
	var parts []string
	for _, set := range s.Sets {
		switch set.Kind {
		case resolved.PlainSet:
			parts = append(parts, "("+t.columns(set.Columns[0])+")")
		case resolved.Rollup:
			parts = append(parts, "ROLLUP ("+t.columnLists(set.Columns)+")")
		case resolved.Cube:
			parts = append(parts, "CUBE ("+t.columnLists(set.Columns)+")")
		default:
			bqerror.Refuse("this kind of GROUPING SETS")
		}
	}
	return " GROUP BY GROUPING SETS (" + strings.Join(parts, ", ") + ")"
}

// columns lists columns by the names that the translation gives them.
func (t *translator) columns(list []*resolved.Column) string {
	names := make([]string, len(list))
	for i, c := range list {
		names[i] = t.column(c)
	}
	return strings.Join(names, ", ")
}

func (t *translator) columnLists(lists [][]*resolved.Column) string {
	parts := make([]string, len(lists))
	for i, list := range lists {
		parts[i] = "(" + t.columns(list) + ")"
	}
	return strings.Join(parts, ", ")
}

// aggregateCall translates a call. picked is the condition of the rows that its HAVING MAX or MIN leaves, "" without one.
func (t *translator) aggregateCall(e *resolved.AggregateCall, picked string) string {
	for _, f := range t.req.Functions {
		if f.Aggregate && strings.EqualFold(f.Name, e.Function) {
			return t.javascriptAggregate(f, e)
		}
	}
	a := t.newAggregate(e)
	if e.Nested {
		bqerror.Refuse("GROUP BY inside an aggregate")
	}
	if len(e.OrderBy) > 0 {
		a.Order = " ORDER BY " + t.orderItems(e.OrderBy)
	}
	if e.Limit != nil {
		a.Limit = t.expr(e.Limit)
	}
	if picked != "" {
		a.Where = picked
	}
	return aggregate(a, e.Safe)
}

// javascriptAggregate is a call of a script's aggregate function in JavaScript.
func (t *translator) javascriptAggregate(f *resolved.Function, e *resolved.AggregateCall) string {
	if e.Distinct || e.IgnoreNulls || e.Nested || e.Where != nil || e.Having != nil || e.Limit != nil || len(e.OrderBy) > 0 {
		bqerror.Refuse("the function %s with DISTINCT, ORDER BY or another modifier", f.Name)
	}
	t.plan.Volatile = true
	d, args := t.definition(f.Name, f.Arguments, f.Result, f.Body, f.Library, t.translated(&e.Call).Args)
	d.Constant = f.Constant
	return ducksql.Try(javascript.CallAggregate(t, d, args), e.Safe)
}

// newAggregate translates the arguments and modifiers of a call.
func (t *translator) newAggregate(e *resolved.AggregateCall) *function.AggregateCall {
	a := &function.AggregateCall{Call: t.translated(&e.Call), Distinct: e.Distinct, IgnoreNulls: e.IgnoreNulls, RespectNulls: e.RespectNulls}
	if e.Where != nil {
		a.Where = t.expr(e.Where)
	}
	return a
}

// aggregate finds the function and casts its result.
func aggregate(a *function.AggregateCall, safe bool) string {
	f, ok := functions.All.Aggregates[a.Name]
	if !ok {
		bqerror.Refuse("aggregate function %s", a.Display())
	}
	return ducksql.Try(ducksql.Cast(f(a), a.Type), safe)
}

// havingColumns adds a column for each call f(x HAVING MAX y): whether a row has the greatest y of its group. No row has one where
// a y is NaN, which MAX then is and which equals nothing.
func (t *translator) havingColumns(s *resolved.Aggregate, r *relation) (*relation, map[*resolved.AggregateCall]string) {
	picked := map[*resolved.AggregateCall]string{}
	var list []item
	for _, c := range s.Calls {
		if c.Err != nil || c.Call.Having == nil {
			continue
		}
		if len(s.Sets) > 0 {
			bqerror.Refuse("HAVING MAX or MIN in an aggregate function over GROUPING SETS, ROLLUP or CUBE")
		}
		name := t.Fresh("h")
		list = append(list, item{name: name, expr: t.having(c.Call, s.GroupBy)})
		picked[c.Call] = name
	}
	if len(list) > 0 {
		r = t.closed(r.extended(list...))
	}
	return r, picked
}

// having is whether a row has the extreme value of HAVING MAX or MIN in its group.
func (t *translator) having(e *resolved.AggregateCall, groups []resolved.Computed) string {
	of, extreme := e.Having.Expr.Type(), "min"
	by, partition := operators.Key(t.expr(e.Having.Expr), of), ""
	if e.Having.Max {
		extreme = "max"
	}
	if e.Where != nil {
		by = "CASE WHEN " + t.expr(e.Where) + " THEN " + by + " END"
	}
	for i, g := range groups {
		partition += []string{"PARTITION BY ", ", "}[min(i, 1)] + operators.Key(t.expr(g.Expr), g.Column.Type)
	}
	condition := fmt.Sprintf("%[1]s = %[2]s(%[1]s) OVER (%[3]s)", by, extreme, partition)
	if of.Kind == types.Float64 {
		condition += fmt.Sprintf(" AND NOT bool_or(isnan(%s)) OVER (%s)", by, partition)
	}
	return "coalesce(" + condition + ", FALSE)"
}
