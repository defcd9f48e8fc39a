package aggregates

import (
	"strings"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/ducksql"
	"github.com/tallystream/tallystream/emulator/bigquery/function"
	"github.com/tallystream/tallystream/emulator/bigquery/resolved"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// windows are functions that exist only with an OVER clause.
var windows = function.Group{
	Windows: map[string]function.Aggregate{
		"row_number":   function.DuckWindow("row_number"),
		"rank":         function.DuckWindow("rank"),
		"dense_rank":   function.DuckWindow("dense_rank"),
		"percent_rank": function.DuckWindow("percent_rank"),
		"cume_dist":    function.DuckWindow("cume_dist"),
		"ntile":        function.DuckWindow("ntile"),
		"lag":          neighbour("lag"),
		"lead":         neighbour("lead"),
		"first_value":  function.DuckWindow("first_value"),
		"last_value":   function.DuckWindow("last_value"),
		"nth_value":    function.DuckWindow("nth_value"),
		"is_first":     edge(func(a *function.AggregateCall) string { return "row_number()" + a.Over }),
		"is_last": edge(func(a *function.AggregateCall) string {
			return "count(*)" + strings.TrimSuffix(a.Over, ")") + " ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING)"
		}),
	},
}

// neighbour is LAG or LEAD.
func neighbour(name string) function.Aggregate {
	return func(a *function.AggregateCall) string {
		if len(a.Nodes) > 1 {
			if offset, ok := a.Nodes[1].(*resolved.Literal); ok && offset.Value != nil && a.LiteralInt(1) < 0 {
				bqerror.Throw(bqerror.Query("The offset to the function %s must not be negative", a.Display()))
			}
		}
		if len(a.Nodes) > 2 && resolved.Correlated(a.Nodes[2]) {
			bqerror.Throw(bqerror.Query("The third argument (the default expression) to %s must be constant", a.Display()))
		}
		return function.DuckWindow(name)(a)
	}
}

// edge reports whether a row is among so many by its place from an end of the window.
func edge(place func(a *function.AggregateCall) string) function.Aggregate {
	return func(a *function.AggregateCall) string {
		n := a.Args[0]
		bad := ducksql.Error("'The argument of "+a.Display()+" must be at least 0, and not NULL'", types.Of(types.Bool))
		return "CASE WHEN coalesce(" + n + ", -1) < 0 THEN " + bad + " ELSE " + place(a) + " <= " + n + " END"
	}
}
