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
		"$count_star": func(a *function.AggregateCall) string { return "count(*)" + a.Filter() },
		"count":       function.Duck("count"),
		"countif":     countIf,
		"sum":         sum,
		"avg":         average,
		"min":         extremeOf("min"),
		"max":         extremeOf("max"),
		"min_by":      function.Duck("arg_min_null"),
		"max_by":      function.Duck("arg_max_null"),
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

// countIf avoids FILTER: over a window, DuckDB takes a hundred times as long for it.
func countIf(a *function.AggregateCall) string {
	return a.Plain("count", "CASE WHEN "+a.Args[0]+" THEN TRUE END")
}

// sum of INT64 is a HUGEINT in DuckDB; the cast of the result checks the range. That of
// FLOAT64 may not be infinite where all values are finite.
func sum(a *function.AggregateCall) string {
	if a.Type.Kind == types.BigNumeric {
		distinctBig(a)
		return numbers.Total(a.Args[0], "1", func(x string) string { return a.Plain("sum", x) })
	}
	if a.Type.Kind == types.Interval {
		return sumIntervals(a)
	}
	plain := a.Plain("sum", a.Args...)
	switch a.Type.Kind {
	case types.Float64:
	case types.Numeric: // whose bounds are within those of DuckDB's sum
		return "bq_numeric_add(" + plain + ", 0)"
	default:
		return plain
	}
	return fmt.Sprintf("CASE WHEN isinf(%s) AND bool_and(isfinite(%s))%s THEN %s ELSE %s END",
		plain, a.Args[0], a.Filter(), ducksql.Error("'double overflow'", a.Type), plain)
}

// sumIntervals adds up months, days and microseconds.
func sumIntervals(a *function.AggregateCall) string {
	if a.Distinct {
		bqerror.Refuse("%s of DISTINCT INTERVALs", a.Display())
	}
	parts := make([]string, 3)
	for i := range parts {
		parts[i] = a.Plain("sum", fmt.Sprintf("bq_interval_part(%s, %d)", a.Args[0], i))
	}
	return "bq_interval_of(" + strings.Join(parts, ", ") + ")"
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
		return fmt.Sprintf("bq_interval(bq_interval_div(bq_interval_to_string(%s), nullif(%s, 0)))", sumIntervals(a), a.Plain("count", a.Args[0]))
	}
	return a.Plain("avg", ducksql.Cast(a.Args[0], a.Type))
}

// extremeOf is MIN or MAX; NaN is the result of both if there is one.
func extremeOf(name string) function.Aggregate {
	return func(a *function.AggregateCall) string {
		if a.Type.Kind == types.Interval {
			return a.Plain("arg_"+name, a.Args[0], operators.Key(a.Args[0], a.Type))
		}
		if a.Type.Kind != types.Float64 || name == "max" { // DuckDB sorts NaN highest
			return a.Plain(name, a.Args...)
		}
		return fmt.Sprintf("CASE WHEN bool_or(isnan(%[1]s))%[2]s THEN 'nan'::DOUBLE ELSE %[3]s END", a.Args[0], a.Filter(), a.Plain(name, a.Args...))
	}
}

func anyValue(a *function.AggregateCall) string {
	if a.Over != "" {
		return a.Plain("first", a.Args...)
	}
	return a.Plain("any_value", a.Args...)
}
