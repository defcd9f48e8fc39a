package translate

import (
	"fmt"

	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// aggregate functions.
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
	case types.Numeric, types.BigNumeric:
		distinct := ""
		if a.distinct {
			distinct = "DISTINCT "
		}
		return fmt.Sprintf("bq_numeric_div(sum(%[1]s%[2]s)%[3]s, count(%[1]s%[2]s)%[3]s)", distinct, a.args[0], a.filter())
	case types.Interval:
		unsupported("AVG of INTERVAL")
	}
	return a.plain("avg", pinned(a.args[0], a.typ))
}

// extremeOf is MIN or MAX; NaN is the result of both if there is one.
func extremeOf(name string) func(a *aggregate) string {
	return func(a *aggregate) string {
		if a.typ.Kind != types.Float64 || name == "max" { // DuckDB sorts NaN highest
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
	if a.typ.Kind == types.Bytes {
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
