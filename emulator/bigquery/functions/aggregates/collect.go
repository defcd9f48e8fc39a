package aggregates

import (
	"fmt"

	"github.com/tallystream/tallystream/emulator/bigquery/ducksql"
	"github.com/tallystream/tallystream/emulator/bigquery/function"
	"github.com/tallystream/tallystream/emulator/bigquery/functions/operators"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// collect are aggregates that put the values of a group together.
var collect = function.Group{
	Aggregates: map[string]function.Aggregate{
		"string_agg":       stringAgg,
		"array_agg":        arrayAgg,
		"array_concat_agg": arrayConcatAgg,
	},
}

func stringAgg(a *function.AggregateCall) string {
	separator := a.Arg(1, "','")
	if a.Type.Kind == types.Bytes { // by their digits
		digits, call := *a, *a.Call
		call.Type, call.Args = types.Of(types.String), []string{"hex(" + a.Args[0] + ")", "hex(CAST(" + a.Arg(1, "encode(',')") + " AS BLOB))"}
		digits.Call = &call
		return "from_hex(" + stringAgg(&digits) + ")"
	}
	if a.Limit == "" && a.Over == "" {
		return a.Plain("string_agg", a.Args[0], separator)
	}
	limit := a.Limit
	a.Limit = ""
	list := listOf(a, a.Args[0]+" IS NOT NULL")
	list = limited(list, limit, a.Type)
	return fmt.Sprintf("array_to_string(%s, %s)", list, separator)
}

// listOf collects the first argument.
func listOf(a *function.AggregateCall, conditions ...string) string {
	x := a.Args[0]
	if a.Distinct {
		x = operators.Alike(x, a.Types[0], a.Display()+"(DISTINCT …)")
	}
	return fmt.Sprintf("list(%s%s%s)%s", a.DistinctWord(), x, a.Order, a.Filter(conditions...))
}

func arrayAgg(a *function.AggregateCall) string {
	var conditions []string
	if a.IgnoreNulls {
		conditions = []string{a.Args[0] + " IS NOT NULL"}
	}
	return limited(listOf(a, conditions...), a.Limit, a.Type.Elem)
}

// limited are the first of a list of elements of a type, NULL where they are none.
func limited(list, limit string, of *types.Type) string {
	if limit == "" {
		return list
	}
	bad := ducksql.Error("'Limit requires non-null and non-negative count'", types.ArrayOf(of))
	return fmt.Sprintf("CASE WHEN %[2]s > 0 THEN (%[1]s)[1:%[2]s] WHEN %[2]s = 0 THEN NULL ELSE %[3]s END", list, limit, bad)
}

func arrayConcatAgg(a *function.AggregateCall) string {
	return "flatten(" + limited(listOf(a, a.Args[0]+" IS NOT NULL"), a.Limit, a.Type) + ")"
}
