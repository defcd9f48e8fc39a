package numbers

import (
	"github.com/tallystream/tallystream/emulator/bigquery/ducksql"
	"github.com/tallystream/tallystream/emulator/bigquery/function"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// buckets are functions that find the bucket of a number.
var buckets = function.Group{
	Scalars: map[string]function.Scalar{
		"range_bucket": rangeBucket,
	},
	Macros: []string{
		`bq_range_bucket(x, a) AS CASE WHEN x IS NULL OR a IS NULL THEN NULL
		WHEN list_count(a) < len(a) THEN CAST(bq_error('Elements in input array to RANGE_BUCKET cannot be NULL') AS BIGINT)
		WHEN list_sort(a) <> a THEN CAST(bq_error('Elements in input array to RANGE_BUCKET must be in ascending order') AS BIGINT)
		ELSE len(list_filter(a, lambda b: b <= x)) END`,
	},
}

// rangeBucket has no bucket for NaN, and no NaN as a bound.
func rangeBucket(c *function.Call) string {
	if c.Types[0].Kind != types.Float64 {
		return c.Fill("bq_range_bucket($1, $2)")
	}
	nan := ducksql.Error("'Elements in input array to RANGE_BUCKET cannot be NaN'", c.Type)
	return c.Fill("CASE WHEN isnan($1) THEN NULL WHEN list_contains($2, CAST('nan' AS DOUBLE)) THEN " + nan + " ELSE bq_range_bucket($1, $2) END")
}
