package translate

import (
	"fmt"
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

func (t *translator) aggregateScan(s *gsql.ResolvedAggregateScan) string {
	in := t.scan(must(s.InputScan()))
	var keys, list []string
	if groups := must(s.GroupByList()); len(groups) > 0 {
		computed := make([]string, len(groups))
		for i, g := range groups {
			name := t.column(must(g.Column()))
			keys = append(keys, name)
			computed[i] = fmt.Sprintf("%s AS %s", t.expr(must(g.Expr())), name)
		}
		in = fmt.Sprintf("SELECT *, %s FROM (%s)", strings.Join(computed, ", "), in)
	}
	list = append(list, keys...)
	for _, g := range must(s.GroupingCallList()) {
		list = append(list, fmt.Sprintf("CAST(grouping(%s) AS BIGINT) AS %s",
			t.column(must(must(g.GroupByColumn()).Column())), t.column(must(g.OutputColumn()))))
	}
	for _, c := range must(s.AggregateList()) {
		call, ok := must(c.Expr()).(*gsql.ResolvedAggregateFunctionCall)
		if !ok {
			unsupported("an aggregate that isn't a function call")
		}
		list = append(list, fmt.Sprintf("%s AS %s", t.aggregateCall(call), t.column(must(c.Column()))))
	}
	if len(list) == 0 {
		list = []string{"1"}
	}
	group := t.groupBy(s, keys)
	if group == "" && len(must(s.AggregateList())) == 0 {
		group = " LIMIT 1"
	}
	return fmt.Sprintf("SELECT %s FROM (%s)%s", strings.Join(list, ", "), in, group)
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
