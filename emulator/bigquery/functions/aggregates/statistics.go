package aggregates

import (
	"database/sql/driver"
	"fmt"
	"math"
	"math/big"
	"slices"
	"strings"

	"github.com/tallystream/tallystream/emulator/bigquery/function"
	"github.com/tallystream/tallystream/emulator/bigquery/functions/cast"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// statistics are statistics.
var statistics = function.Group{
	Aggregates: map[string]function.Aggregate{
		"stddev_samp": statistic("stddev_samp", 2),
		"stddev_pop":  statistic("stddev_pop", 1),
		"var_samp":    statistic("var_samp", 2),
		"var_pop":     statistic("var_pop", 1),
		"corr":        statistic("corr", 2),
		"covar_pop":   statistic("covar_pop", 1),
		"covar_samp":  statistic("covar_samp", 2),
	},
	Natives: []function.Native{
		{Name: "bq_decimal_spread", Args: function.Types{function.Text, function.Text}, Result: function.Double, Call: func(a []driver.Value) (any, error) {
			return spread(a[0].(string), a[1].(string)), nil
		}},
	},
}

// spread is the variance or the standard deviation of decimal numbers, which may be alike in all digits that a FLOAT64 has.
func spread(list, name string) any {
	sum, squares, n := new(big.Rat), new(big.Rat), int64(0)
	for text := range strings.SplitSeq(list, " ") {
		x, _ := new(big.Rat).SetString(text) // of a decimal type
		sum.Add(sum, x)
		squares.Add(squares, x.Mul(x, x))
		n++
	}
	by := n
	if strings.HasSuffix(name, "samp") {
		by--
	}
	if by == 0 {
		return nil
	}
	squares.Sub(squares, sum.Quo(sum.Mul(sum, sum), big.NewRat(n, 1)))
	f, _ := squares.Quo(squares, big.NewRat(by, 1)).Float64()
	if strings.HasPrefix(name, "stddev") {
		return math.Sqrt(f)
	}
	return f
}

// statistic casts the arguments, because DuckDB's functions take DOUBLE. It is NaN where a value isn't finite, which DuckDB
// calls an error, and NULL for fewer values than it needs.
func statistic(name string, needs int) function.Aggregate {
	return func(a *function.AggregateCall) string {
		args, zeros := make([]string, len(a.Args)), make([]string, len(a.Args))
		for i, x := range a.Args {
			args[i] = cast.Convert(a, x, a.Types[i], types.Of(types.Float64))
			zeros[i] = args[i] + " * 0"
		}
		zero := strings.Join(zeros, " + ") // of all values that are finite, else NaN; NULL for values that don't count
		plain := func(name string, args ...string) string { return a.Plain(name, args...) }
		few := fmt.Sprintf("%s < %d", plain("count", zero), needs)
		if a.Distinct { // counted by what is distinct: the values
			few = fmt.Sprintf("%s < %d", plain("count", args[0]), needs)
		}
		if decimal := a.Types[0].Kind == types.Numeric || a.Types[0].Kind == types.BigNumeric; decimal && len(args) == 1 && a.Over == "" {
			return fmt.Sprintf("bq_decimal_spread(%s, '%s')", plain("string_agg", cast.Digits(a.Args[0], a.Types[0]), "' '"), name)
		}
		if !slices.ContainsFunc(a.Types, func(t *types.Type) bool { return t.Kind == types.Float64 }) {
			return fmt.Sprintf("CASE WHEN %s THEN NULL ELSE %s END", few, plain(name, args...))
		}
		finite := make([]string, len(args))
		for i, x := range args {
			finite[i] = fmt.Sprintf("CASE WHEN NOT isnan(%s) THEN %s END", zero, x)
		}
		return fmt.Sprintf("CASE WHEN %s THEN NULL WHEN %s THEN CAST('nan' AS DOUBLE) ELSE %s END",
			few, plain("bool_or", "isnan("+zero+")"), plain(name, finite...))
	}
}
