package aggregates

import (
	"github.com/tallystream/tallystream/emulator/bigquery/function"
	"github.com/tallystream/tallystream/emulator/bigquery/functions/cast"
	"github.com/tallystream/tallystream/emulator/bigquery/functions/operators"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// statistics are statistics.
var statistics = function.Group{
	Aggregates: map[string]function.Aggregate{
		"stddev_samp":     statistic("stddev_samp"),
		"stddev_pop":      statistic("stddev_pop"),
		"var_samp":        statistic("var_samp"),
		"var_pop":         statistic("var_pop"),
		"corr":            statistic("corr"),
		"covar_pop":       statistic("covar_pop"),
		"covar_samp":      statistic("covar_samp"),
		"percentile_cont": percentile("quantile_cont"),
		"percentile_disc": percentile("quantile_disc"),
	},
}

// statistic casts the arguments, because DuckDB's functions take DOUBLE.
func statistic(name string) function.Aggregate {
	return func(a *function.AggregateCall) string {
		args := make([]string, len(a.Args))
		for i, x := range a.Args {
			args[i] = cast.Convert(a, x, a.Types[i], types.Of(types.Float64))
		}
		return a.Plain(name, args...)
	}
}

func percentile(name string) function.Aggregate {
	return func(a *function.AggregateCall) string {
		x := a.Args[0]
		if name == "quantile_cont" {
			x = "CAST(" + x + " AS DOUBLE)"
		}
		return a.Plain(name, operators.Alike(x, a.Types[0], a.Display()), a.Args[1])
	}
}
