package aggregates

import (
	"fmt"
	"strings"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/ducksql"
	"github.com/tallystream/tallystream/emulator/bigquery/function"
	"github.com/tallystream/tallystream/emulator/bigquery/functions/numbers"
	"github.com/tallystream/tallystream/emulator/bigquery/functions/operators"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// sums are counts, sums and extremes.
var sums = function.Group{
	Aggregates: map[string]function.Aggregate{
		"$count_star": func(a *function.AggregateCall) string { return counted(a, "count(*)"+a.Filter()) },
		"count":       count,
		"countif":     countIf,
		"sum":         sum,
		"avg":         average,
		"min":         extremeOf("min"),
		"max":         extremeOf("max"),
		"min_by":      extremeBy("arg_min_null"),
		"max_by":      extremeBy("arg_max_null"),
		"any_value":   anyValue,
		"logical_and": function.Duck("bool_and"),
		"logical_or":  function.Duck("bool_or"),
		"bit_and":     function.Duck("bit_and"),
		"bit_or":      function.Duck("bit_or"),
		"bit_xor":     function.Duck("bit_xor"),
	},
	Signatures: map[string]function.Signature{
		"min_by": {Aggregate: true, Result: "ANY1", Args: []string{"ANY1", "ANY2"}},
		"max_by": {Aggregate: true, Result: "ANY1", Args: []string{"ANY1", "ANY2"}},
	},
}

func count(a *function.AggregateCall) string {
	if a.Distinct {
		return counted(a, a.Plain("count", operators.Key(a.Args[0], a.Types[0])))
	}
	return counted(a, a.Plain("count", a.Args...))
}

// extremeBy is MIN_BY or MAX_BY.
func extremeBy(name string) function.Aggregate {
	return func(a *function.AggregateCall) string {
		return a.Plain(name, a.Args[0], operators.Key(a.Args[1], a.Types[1]))
	}
}

// counted is a count, which DuckDB has below 0 for a frame that ends before it begins.
func counted(a *function.AggregateCall, count string) string {
	if strings.Contains(a.Over, " BETWEEN ") && max(strings.Count(a.Over, " PRECEDING"), strings.Count(a.Over, " FOLLOWING")) > 1 {
		return "greatest(" + count + ", 0)"
	}
	return count
}

// countIf avoids FILTER: over a window, DuckDB takes a hundred times as long for it.
func countIf(a *function.AggregateCall) string {
	return counted(a, a.Plain("count", "CASE WHEN "+a.Args[0]+" THEN TRUE END"))
}

// sum of INT64 is a HUGEINT in DuckDB; the cast of the result checks the range. That of
// FLOAT64 may not be infinite where all values are finite.
func sum(a *function.AggregateCall) string {
	if a.Type.Kind == types.BigNumeric {
		distinctBig(a)
		return numbers.Total(a.Args[0], "1", func(x string) string { return a.Plain("sum", x) })
	}
	if a.Type.Kind == types.Interval {
		return shareOfIntervals(a, "1")
	}
	plain := a.Plain("sum", a.Args...)
	switch a.Type.Kind {
	case types.Float64:
	case types.Numeric: // DuckDB's sum may have a digit more
		const most = "99999999999999999999999999999.999999999"
		return fmt.Sprintf("CASE WHEN %s NOT BETWEEN -%s AND %s THEN %s ELSE %s END", plain, most, most, ducksql.Error("'numeric overflow: SUM'", a.Type), plain)
	default:
		return plain
	}
	return fmt.Sprintf("CASE WHEN isinf(%s) AND bool_and(isfinite(%s))%s THEN %s ELSE %s END",
		plain, a.Args[0], a.Filter(), ducksql.Error("'double overflow'", a.Type), plain)
}

// shareOfIntervals is the sum of INTERVALs, of their months, days and microseconds, by a number.
func shareOfIntervals(a *function.AggregateCall, by string) string {
	if a.Distinct {
		bqerror.Refuse("%s of DISTINCT INTERVALs", a.Display())
	}
	parts := make([]string, 3)
	for i := range parts {
		parts[i] = "CAST(" + a.Plain("sum", fmt.Sprintf("bq_interval_part(%s, %d)", a.Args[0], i)) + " AS BIGINT)"
	}
	return "bq_interval(bq_interval_share(" + strings.Join(parts, ", ") + ", " + by + "))"
}

// distinctBig refuses what the sums of parts of numbers don't tell.
func distinctBig(a *function.AggregateCall) {
	if a.Distinct {
		bqerror.Refuse("%s of DISTINCT BIGNUMERICs", a.Display())
	}
}

func average(a *function.AggregateCall) string {
	switch a.Type.Kind {
	case types.BigNumeric:
		distinctBig(a)
		count := a.Plain("count", a.Args[0])
		return numbers.Total(a.Args[0], count, func(x string) string { return a.Plain("sum", x) })
	case types.Numeric:
		return fmt.Sprintf("bq_numeric_div(sum(%[1]s%[2]s)%[3]s, count(%[1]s%[2]s)%[3]s)", a.DistinctWord(), a.Args[0], a.Filter())
	case types.Interval:
		return shareOfIntervals(a, "nullif("+a.Plain("count", a.Args[0])+", 0)")
	}
	plain := a.Plain("avg", ducksql.Cast(a.Args[0], a.Type))
	if a.Types[0].Kind != types.Float64 {
		return plain
	}
	// DuckDB adds up before it divides: what overflows is added up as parts of 2^64.
	return fmt.Sprintf("CASE WHEN isinf(%s) AND bool_and(isfinite(%s))%s THEN %s * 18446744073709551616 ELSE %s END",
		plain, a.Args[0], a.Filter(), a.Plain("avg", a.Args[0]+" / 18446744073709551616"), plain)
}

// extremeOf is MIN or MAX; NaN is the result of both if there is one.
func extremeOf(name string) function.Aggregate {
	return func(a *function.AggregateCall) string {
		if operators.Keyed(a.Types[0]) {
			return a.Plain("arg_"+name, a.Args[0], operators.Key(a.Args[0], a.Types[0]))
		}
		if a.Type.Kind != types.Float64 || name == "max" { // DuckDB sorts NaN highest
			return a.Plain(name, a.Args...)
		}
		return fmt.Sprintf("CASE WHEN bool_or(isnan(%[1]s))%[2]s THEN 'nan'::DOUBLE ELSE %[3]s END", a.Args[0], a.Filter(), a.Plain(name, a.Args...))
	}
}

func anyValue(a *function.AggregateCall) string {
	if a.Over != "" { // first would be FIRST_VALUE, which leaves a frame out where nothing is ordered
		return a.Plain("arbitrary", a.Args...)
	}
	return a.Plain("any_value", a.Args...)
}
