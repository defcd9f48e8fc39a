package aggregates

import (
	"github.com/tallystream/tallystream/emulator/bigquery/function"
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
		"lag":          function.DuckWindow("lag"),
		"lead":         function.DuckWindow("lead"),
		"first_value":  function.DuckWindow("first_value"),
		"last_value":   function.DuckWindow("last_value"),
		"nth_value":    function.DuckWindow("nth_value"),
	},
}
