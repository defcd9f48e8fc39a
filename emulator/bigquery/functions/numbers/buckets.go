package numbers

import (
	"github.com/tallystream/tallystream/emulator/bigquery/function"
)

// buckets are functions that find the bucket of a number.
var buckets = function.Group{
	Scalars: map[string]function.Scalar{
		"range_bucket": function.SQL("bq_range_bucket($1, $2)"),
	},
	Macros: []string{
		`bq_range_bucket(x, a) AS CASE WHEN x IS NULL OR a IS NULL THEN NULL ELSE len(list_filter(a, lambda b: b <= x)) END`,
	},
}
