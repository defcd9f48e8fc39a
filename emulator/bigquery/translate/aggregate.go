package translate

import (
	"fmt"
	"slices"
	"strings"

	gsql "github.com/goccy/go-googlesql"
)

// aggregate is a call of an aggregate function with its modifiers.
type aggregate struct {
	*call
	distinct    bool
	ignoreNulls bool
	where       string // condition of rows to take, "" for all
	order       string // " ORDER BY …", or ""
	limit       string // "" for none
	over        string // " OVER (…)" of an analytic call, or ""
}

// aggregates are the aggregate functions by lower-case name.
var aggregates = map[string]func(a *aggregate) string{}

// registerAggregates adds a group of aggregate functions.
func registerAggregates(group map[string]func(a *aggregate) string) bool {
	for name, f := range group {
		if aggregates[name] != nil {
			panic("translate: aggregate " + name + " is registered twice")
		}
		aggregates[name] = f
	}
	return true
}

func (t *translator) aggregateScan(s *gsql.ResolvedAggregateScan) *relation {
	in := t.open(t.scan(must(s.InputScan())))
	if in.from == "" {
		in = t.closed(in)
	}
	r, list := t.grouped(s, in)
	keys := make([]string, len(list))
	for i, key := range list {
		keys[i] = key.expr
	}
	for _, g := range must(s.GroupingCallList()) {
		key := must(must(must(g.GroupByColumn()).Column()).ColumnId())
		at := slices.IndexFunc(list, func(i item) bool { return i.id == key })
		list = append(list, t.newItem(must(g.OutputColumn()), fmt.Sprintf("CAST(grouping(%s) AS BIGINT)", list[at].expr)))
	}
	for _, c := range must(s.AggregateList()) {
		call, ok := must(c.Expr()).(*gsql.ResolvedAggregateFunctionCall)
		if !ok {
			unsupported("an aggregate that isn't a function call")
		}
		list = append(list, t.newItem(must(c.Column()), t.aggregateCall(call)))
	}
	group := t.groupBy(s, keys)
	if group == "" && len(must(s.AggregateList())) == 0 {
		group = " LIMIT 1"
	}
	return &relation{with: r.with, from: r.from, where: r.where, items: list, tail: group}
}

// grouped is what a scan groups, and its keys. A key that isn't a column becomes
// one first; so do all of grouping sets, which name them.
func (t *translator) grouped(s *gsql.ResolvedAggregateScan, r *relation) (*relation, []item) {
	groups := must(s.GroupByList())
	keys, columns := make([]item, len(groups)), len(must(s.GroupingSetList())) == 0
	for i, g := range groups {
		_, column := must(g.Expr()).(*gsql.ResolvedColumnRef)
		columns = columns && column
		keys[i] = t.newItem(must(g.Column()), t.expr(must(g.Expr())))
	}
	if columns {
		return r, keys
	}
	r = t.closed(r.extended(keys...))
	for i := range keys {
		keys[i].expr = keys[i].name
	}
	return r, keys
}

// groupBy is the GROUP BY clause with its grouping sets.
func (t *translator) groupBy(s *gsql.ResolvedAggregateScan, keys []string) string {
	sets := must(s.GroupingSetList())
	if len(sets) == 0 {
		if len(keys) == 0 {
			return ""
		}
		return " GROUP BY " + strings.Join(keys, ", ")
	}
	var parts []string
	for _, set := range sets {
		switch g := set.(type) {
		case *gsql.ResolvedGroupingSet:
			parts = append(parts, "("+t.columnRefs(must(g.GroupByColumnList()))+")")
		case *gsql.ResolvedRollup:
			parts = append(parts, "ROLLUP ("+t.multiColumns(must(g.RollupColumnList()))+")")
		case *gsql.ResolvedCube:
			parts = append(parts, "CUBE ("+t.multiColumns(must(g.CubeColumnList()))+")")
		default:
			unsupported("this kind of GROUPING SETS")
		}
	}
	return " GROUP BY GROUPING SETS (" + strings.Join(parts, ", ") + ")"
}

func (t *translator) columnRefs(refs []*gsql.ResolvedColumnRef) string {
	names := make([]string, len(refs))
	for i, r := range refs {
		names[i] = t.column(must(r.Column()))
	}
	return strings.Join(names, ", ")
}

func (t *translator) multiColumns(list []*gsql.ResolvedGroupingSetMultiColumn) string {
	parts := make([]string, len(list))
	for i, m := range list {
		parts[i] = "(" + t.columnRefs(must(m.ColumnList())) + ")"
	}
	return strings.Join(parts, ", ")
}

func (t *translator) aggregateCall(e *gsql.ResolvedAggregateFunctionCall) string {
	a := t.newAggregate(e.ResolvedNonScalarFunctionCallBase)
	if len(must(e.GroupByList())) > 0 || must(e.HavingExpr()) != nil {
		unsupported("GROUP BY inside an aggregate")
	}
	if items := must(e.OrderByItemList()); len(items) > 0 {
		a.order = " ORDER BY " + t.orderItems(items)
	}
	if l := must(e.Limit()); l != nil {
		a.limit = t.expr(l)
	}
	if h := must(e.HavingModifier()); h != nil {
		return t.having(a, h)
	}
	return a.translate()
}

// newAggregate translates the arguments and modifiers of a call.
func (t *translator) newAggregate(b *gsql.ResolvedNonScalarFunctionCallBase) *aggregate {
	a := &aggregate{call: t.newCall(b.ResolvedFunctionCallBase), distinct: must(b.Distinct())}
	a.translateArguments()
	a.ignoreNulls = must(b.NullHandlingModifier()) == gsql.ResolvedNonScalarFunctionCallBaseEnums_NullHandlingModifierIgnoreNulls
	if w := must(b.WhereExpr()); w != nil {
		a.where = t.expr(w)
	}
	return a
}

// translate finds the function and casts its result.
func (a *aggregate) translate() string {
	f, ok := aggregates[a.name]
	if !ok {
		unsupported("aggregate function %s", displayName(a.name))
	}
	return guarded(pinned(f(a), a.typ), a.safe)
}

// having is f(x HAVING MAX y): only rows with the greatest y that isn't NULL count.
func (t *translator) having(a *aggregate, h *gsql.ResolvedAggregateHavingModifier) string {
	by := t.expr(must(h.HavingExpr()))
	extreme, pick := "min", "arg_min_null"
	if must(h.Kind()) == gsql.ResolvedAggregateHavingModifierEnums_HavingModifierKindMax {
		extreme, pick = "max", "arg_max_null"
	}
	if a.name == "any_value" {
		return pinned(fmt.Sprintf("%s(%s, %s)%s", pick, a.args[0], by, a.filter()), a.typ)
	}
	unsupported("%s with HAVING %s", displayName(a.name), strings.ToUpper(extreme))
	return ""
}

// filter is the FILTER clause for the conditions, and then the OVER clause.
func (a *aggregate) filter(conditions ...string) string {
	if a.where != "" {
		conditions = append(conditions, a.where)
	}
	if len(conditions) == 0 {
		return a.over
	}
	return " FILTER (WHERE " + strings.Join(conditions, " AND ") + ")" + a.over
}

// plain is a call of a DuckDB aggregate with all modifiers but LIMIT.
func (a *aggregate) plain(name string, args ...string) string {
	if a.limit != "" {
		unsupported("LIMIT in %s", displayName(a.name))
	}
	distinct := ""
	if a.distinct {
		distinct = "DISTINCT "
	}
	return fmt.Sprintf("%s(%s%s%s)%s", name, distinct, strings.Join(args, ", "), a.order, a.filter())
}

// duck calls the DuckDB aggregate of a name with the same arguments.
func duck(name string) func(a *aggregate) string {
	return func(a *aggregate) string { return a.plain(name, a.args...) }
}
