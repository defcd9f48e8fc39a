package aggregates

import (
	"fmt"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/function"
	"github.com/tallystream/tallystream/emulator/bigquery/functions/operators"
)

// approximate are approximate aggregates, which are exact here.
var approximate = function.Group{
	Aggregates: map[string]function.Aggregate{
		"approx_count_distinct": func(a *function.AggregateCall) string {
			return "count(DISTINCT " + operators.Key(a.Args[0], a.Types[0]) + ")" + a.Filter()
		},
		"approx_quantiles": approxQuantiles,
		"approx_top_count": approxTopCount,
		"approx_top_sum":   approxTopSum,
	},
	Macros: []string{
		`bq_quantiles(a, n) AS CASE WHEN coalesce(len(a), 0) = 0 THEN NULL
		ELSE list_transform(range(n + 1), lambda i: a[greatest(CAST(ceil(len(a) * i / n) AS BIGINT), 1)]) END`,
		`bq_top_count(a, n) AS (SELECT list({'value': v, 'count': c} ORDER BY c DESC, v) FROM
		(SELECT v, count(*) AS c FROM (SELECT unnest(a) AS v) GROUP BY v ORDER BY c DESC, v LIMIT n))`,
		`bq_weighs(w) AS CASE WHEN w < 0 OR isnan(w) THEN
		CAST(bq_error('APPROX_TOP_SUM does not support negative or NaN weights in the second argument') AS BOOLEAN) ELSE TRUE END`,
		`bq_top_sum(a, n) AS (SELECT list({'value': v, 'sum': c} ORDER BY c DESC NULLS LAST, v) FROM
		(SELECT e.v AS v, sum(e.w) AS c FROM (SELECT unnest(a) AS e) WHERE bq_weighs(CAST(e.w AS DOUBLE)) GROUP BY e.v ORDER BY c DESC NULLS LAST, v LIMIT n))`,
	},
}

// approxQuantiles is exact, as BigQuery's is for few values: the boundaries
// are elements of the sorted input.
func approxQuantiles(a *function.AggregateCall) string {
	number := a.LiteralInt(1)
	x := operators.Alike(a.Args[0], a.Types[0], a.Display())
	list := fmt.Sprintf("list(%s%s ORDER BY %s ASC NULLS FIRST)%s", a.DistinctWord(), x, x, taken(a, a.Args[0]))
	return fmt.Sprintf("bq_quantiles(%s, %d)", list, number)
}

func approxTopCount(a *function.AggregateCall) string {
	return fmt.Sprintf("bq_top_count(list(%s)%s, %d)", operators.Alike(a.Args[0], a.Types[0], a.Display()), a.Filter(), top(a, 1))
}

func approxTopSum(a *function.AggregateCall) string {
	return fmt.Sprintf("bq_top_sum(list({'v': %s, 'w': %s})%s, %d)", operators.Alike(a.Args[0], a.Types[0], a.Display()), a.Args[1], a.Filter(), top(a, 2))
}

// top is how many values are asked for, at most 100,000.
func top(a *function.AggregateCall, i int) int64 {
	n := a.LiteralInt(i)
	if n > 100_000 {
		bqerror.Throw(bqerror.Query("The number of values of %s can't be greater than 100000", a.Display()))
	}
	return n
}
