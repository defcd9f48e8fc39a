package translate

import (
	"fmt"
	"strings"

	gsql "github.com/goccy/go-googlesql"

	"github.com/tallystream/tallystream/emulator/bigquery/sqltype"
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

var _ = registerAggregates(map[string]func(a *aggregate) string{
	"$count_star":      func(a *aggregate) string { return "count(*)" + a.filter() },
	"count":            duck("count"),
	"countif":          countIf,
	"sum":              sum,
	"avg":              average,
	"min":              extremeOf("min"),
	"max":              extremeOf("max"),
	"min_by":           by("arg_min_null"),
	"max_by":           by("arg_max_null"),
	"any_value":        anyValue,
	"logical_and":      duck("bool_and"),
	"logical_or":       duck("bool_or"),
	"bit_and":          duck("bit_and"),
	"bit_or":           duck("bit_or"),
	"bit_xor":          duck("bit_xor"),
	"stddev":           statistic("stddev_samp"),
	"stddev_samp":      statistic("stddev_samp"),
	"stddev_pop":       statistic("stddev_pop"),
	"variance":         statistic("var_samp"),
	"var_samp":         statistic("var_samp"),
	"var_pop":          statistic("var_pop"),
	"corr":             statistic("corr"),
	"covar_pop":        statistic("covar_pop"),
	"covar_samp":       statistic("covar_samp"),
	"string_agg":       stringAgg,
	"array_agg":        arrayAgg,
	"array_concat_agg": arrayConcatAgg,

	"approx_count_distinct": func(a *aggregate) string { return "count(DISTINCT " + a.args[0] + ")" + a.filter() },
	"approx_quantiles":      approxQuantiles,
	"approx_top_count":      approxTopCount,
	"approx_top_sum":        approxTopSum,
	"percentile_cont":       percentile("quantile_cont"),
	"percentile_disc":       percentile("quantile_disc"),
})

// countIf avoids FILTER: over a window, DuckDB takes a hundred times as long for it.
func countIf(a *aggregate) string {
	return a.plain("count", "CASE WHEN "+a.args[0]+" THEN TRUE END")
}

// sum of INT64 is a HUGEINT in DuckDB; the cast of the result checks the range.
func sum(a *aggregate) string { return a.plain("sum", a.args...) }

func average(a *aggregate) string {
	switch a.typ.Kind {
	case sqltype.Numeric, sqltype.BigNumeric:
		distinct := ""
		if a.distinct {
			distinct = "DISTINCT "
		}
		return fmt.Sprintf("bq_numeric_div(sum(%[1]s%[2]s)%[3]s, count(%[1]s%[2]s)%[3]s)", distinct, a.args[0], a.filter())
	case sqltype.Interval:
		unsupported("AVG of INTERVAL")
	}
	return a.plain("avg", pinned(a.args[0], a.typ))
}

// extremeOf is MIN or MAX; NaN is the result of both if there is one.
func extremeOf(name string) func(a *aggregate) string {
	return func(a *aggregate) string {
		if a.typ.Kind != sqltype.Float64 || name == "max" { // DuckDB sorts NaN highest
			return a.plain(name, a.args...)
		}
		return fmt.Sprintf("CASE WHEN bool_or(isnan(%[1]s))%[2]s THEN 'nan'::DOUBLE ELSE %[3]s END", a.args[0], a.filter(), a.plain(name, a.args...))
	}
}

func by(name string) func(a *aggregate) string {
	return func(a *aggregate) string { return a.plain(name, a.args...) }
}

func anyValue(a *aggregate) string {
	if a.over != "" {
		return a.plain("first", a.args...)
	}
	return a.plain("any_value", a.args...)
}

// statistic casts the arguments, because DuckDB's functions take DOUBLE.
func statistic(name string) func(a *aggregate) string {
	return func(a *aggregate) string {
		args := make([]string, len(a.args))
		for i, x := range a.args {
			args[i] = "CAST(" + x + " AS DOUBLE)"
		}
		return a.plain(name, args...)
	}
}

func stringAgg(a *aggregate) string {
	separator := a.arg(1, "','")
	if a.typ.Kind == sqltype.Bytes {
		unsupported("STRING_AGG of BYTES")
	}
	if a.limit == "" && a.over == "" {
		return a.plain("string_agg", a.args[0], separator)
	}
	limit := a.limit
	a.limit = ""
	list := a.listOf(a.args[0] + " IS NOT NULL")
	if limit != "" {
		list = fmt.Sprintf("(%s)[1:%s]", list, limit)
	}
	return fmt.Sprintf("array_to_string(%s, %s)", list, separator)
}

// listOf collects the first argument.
func (a *aggregate) listOf(conditions ...string) string {
	distinct := ""
	if a.distinct {
		distinct = "DISTINCT "
	}
	return fmt.Sprintf("list(%s%s%s)%s", distinct, a.args[0], a.order, a.filter(conditions...))
}

func arrayAgg(a *aggregate) string {
	var conditions []string
	if a.ignoreNulls {
		conditions = []string{a.args[0] + " IS NOT NULL"}
	}
	list := a.listOf(conditions...)
	if a.limit != "" {
		return fmt.Sprintf("(%s)[1:%s]", list, a.limit)
	}
	return list
}

func arrayConcatAgg(a *aggregate) string {
	list := a.listOf(a.args[0] + " IS NOT NULL")
	if a.limit != "" {
		list = fmt.Sprintf("(%s)[1:%s]", list, a.limit)
	}
	return "flatten(" + list + ")"
}

// approxQuantiles is exact, as BigQuery's is for few values: the boundaries
// are elements of the sorted input.
func approxQuantiles(a *aggregate) string {
	number := a.literalInt(1)
	list := fmt.Sprintf("list(%s%s ORDER BY %s ASC NULLS FIRST)%s", distinctWord(a), a.args[0], a.args[0], a.filter(a.args[0]+" IS NOT NULL"))
	return fmt.Sprintf("bq_quantiles(%s, %d)", list, number)
}

func distinctWord(a *aggregate) string {
	if a.distinct {
		return "DISTINCT "
	}
	return ""
}

func approxTopCount(a *aggregate) string {
	return fmt.Sprintf("bq_top_count(list(%s)%s, %d)", a.args[0], a.filter(), a.literalInt(1))
}

func approxTopSum(a *aggregate) string {
	return fmt.Sprintf("bq_top_sum(list({'v': %s, 'w': %s})%s, %d)", a.args[0], a.args[1], a.filter(), a.literalInt(2))
}

func percentile(name string) func(a *aggregate) string {
	return func(a *aggregate) string {
		x := a.args[0]
		if name == "quantile_cont" {
			x = "CAST(" + x + " AS DOUBLE)"
		}
		return a.plain(name, x, a.args[1])
	}
}
