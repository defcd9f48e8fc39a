package aggregates

import (
	"database/sql/driver"
	"fmt"
	"math"
	"math/big"

	"github.com/tallystream/tallystream/emulator/bigquery/ducksql"
	"github.com/tallystream/tallystream/emulator/bigquery/function"
	"github.com/tallystream/tallystream/emulator/bigquery/functions/cast"
	"github.com/tallystream/tallystream/emulator/bigquery/functions/operators"
	"github.com/tallystream/tallystream/emulator/bigquery/resolved"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// percentiles are values at a fraction of a group in its order, in which NULL is least and NaN the next
// (https://cloud.google.com/bigquery/docs/reference/standard-sql/navigation_functions#percentile_cont).
var percentiles = function.Group{
	Aggregates: map[string]function.Aggregate{
		"percentile_cont": percentileCont,
		"percentile_disc": percentileDisc,
	},
	Natives: []function.Native{
		{Name: "bq_decimal_between", Args: function.Types{function.Text, function.Text, function.Text, function.Integer}, Result: function.Text, Call: func(a []driver.Value) (any, error) {
			return between(a[0].(string), a[1].(string), a[2].(string), a[3].(int64)), nil
		}},
	},
	Macros: []string{
		`bq_sorted(a) AS list_sort(a, 'ASC', 'NULLS FIRST')`,
		`bq_sorted_floats(a) AS list_transform(list_sort(list_transform(a, lambda x: -x), 'DESC', 'NULLS FIRST'), lambda x: -x)`,
		`bq_disc(a, p) AS a[greatest(CAST(ceil(p * len(a)) AS BIGINT), 1)]`,
		`bq_at(a, p) AS CAST(floor(p * (len(a) - 1)) AS BIGINT) + 1`,
		`bq_mixed(x, y, f) AS CASE WHEN f = 0 OR y IS NULL THEN x WHEN x IS NULL THEN y ELSE x * (1 - f) + y * f END`,
		`bq_cont(a, p) AS bq_mixed(a[bq_at(a, p)], a[bq_at(a, p) + 1], p * (len(a) - 1) - floor(p * (len(a) - 1)))`,
		`bq_cont_text(a, p, f) AS coalesce(bq_decimal_between(a[bq_at(a, p)], a[least(bq_at(a, p) + 1, len(a))], f, len(a) - 1),
		a[bq_at(a, p)], a[bq_at(a, p) + 1])`,
	},
}

// between is what lies between two neighbours in a sorted list, the last of which has a number, at a fraction of it.
func between(low, high, fraction string, last int64) string {
	x, _ := new(big.Rat).SetString(low) // of decimal types
	y, _ := new(big.Rat).SetString(high)
	at, _ := new(big.Rat).SetString(fraction)
	at.Mul(at, new(big.Rat).SetInt64(last))
	at.Sub(at, new(big.Rat).SetInt(new(big.Int).Quo(at.Num(), at.Denom())))
	return x.Add(x, at.Mul(at, y.Sub(y, x))).FloatString(38)
}

// percentileCont interpolates between two values. Of FLOAT64, what is negative is sorted from the other end where there are
// NaNs, which DuckDB takes for the greatest.
func percentileCont(a *function.AggregateCall) string {
	x, p := a.Args[0], cast.Convert(a, a.Args[1], a.Types[1], types.Of(types.Float64))
	if a.Type.Kind != types.Float64 {
		list := "list_transform(bq_sorted(" + collected(a, cast.Convert(a, x, a.Types[0], a.Type)) + "), lambda e_: " + cast.Digits("e_", a.Type) + ")"
		text := fmt.Sprintf("bq_cont_text(%s, %s, %s)", list, p, cast.Digits(cast.Convert(a, a.Args[1], a.Types[1], a.Type), a.Type))
		return cast.Convert(a, text, types.Of(types.String), a.Type)
	}
	x = cast.Convert(a, x, a.Types[0], a.Type)
	if a.RespectNulls {
		return fmt.Sprintf("bq_cont(bq_sorted_floats(%s), %s)", collected(a, x), p)
	}
	plain := a.Plain("quantile_cont", x, p)
	if a.Types[0].Kind != types.Float64 {
		return plain
	}
	return fmt.Sprintf("CASE WHEN %s THEN -%s ELSE %s END", a.Plain("bool_or", "isnan("+x+")"), a.Plain("quantile_cont", "-"+x, "1 - "+p), plain)
}

func percentileDisc(a *function.AggregateCall) string {
	x, p := a.Args[0], cast.Convert(a, a.Args[1], a.Types[1], types.Of(types.Float64))
	if l, ok := a.Nodes[1].(*resolved.Literal); ok {
		if f, ok := l.Value.(float64); ok {
			p = ducksql.Literal(beyond(f), l.Of)
		}
	}
	float := a.Types[0].Kind == types.Float64
	switch {
	case a.RespectNulls && float:
		return fmt.Sprintf("bq_disc(bq_sorted_floats(%s), %s)", collected(a, x), p)
	case a.RespectNulls:
		return fmt.Sprintf("bq_disc(bq_sorted(%s), %s)", collected(a, operators.Alike(x, a.Types[0], a.Display())), p)
	case float:
		ordered := fmt.Sprintf("CASE WHEN %[1]s IS NOT NULL THEN [CAST(NOT isnan(%[1]s) AS DOUBLE), %[1]s] END", x)
		return ducksql.Cast(a.Plain("quantile_disc", ordered, p)+"[2]", a.Type)
	}
	return a.Plain("quantile_disc", operators.Alike(x, a.Types[0], a.Display()), p)
}

// beyond is a percentile for DuckDB, which multiplies it by the number of values in floating point. BigQuery has the product
// exactly: 0.1 is a little more than a tenth, so that of ten values it is the second
// (https://github.com/google/googlesql/blob/master/googlesql/public/functions/percentile.cc).
func beyond(p float64) float64 {
	exact := new(big.Rat)
	if exact.SetFloat64(p) == nil {
		return p
	}
	for n := int64(1); n <= 10_000; n++ {
		k := math.Round(p * float64(n))
		if math.Abs(p*float64(n)-k) > 1e-12 {
			continue
		}
		if exact.Cmp(big.NewRat(int64(k), n)) > 0 {
			return min(p+1.0/(1<<51), 1)
		}
		break
	}
	return p
}

// collected is the list of what a percentile is taken of.
func collected(a *function.AggregateCall, x string) string {
	return "list(" + a.DistinctWord() + x + ")" + taken(a, x)
}

// taken is the filter of a call's rows whose value counts: with RESPECT NULLS, NULL does too.
func taken(a *function.AggregateCall, x string) string {
	if a.RespectNulls {
		return a.Filter()
	}
	return a.Filter(x + " IS NOT NULL")
}
