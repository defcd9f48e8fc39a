package aggregates

import (
	"fmt"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/function"
)

// kll are KLL_QUANTILES.*. A sketch here has all values, sorted, as text in a format of its own, so quantiles
// are exact; BigQuery's are within the error of its precision
// (https://cloud.google.com/bigquery/docs/reference/standard-sql/kll_functions).
var kll = function.Group{
	Aggregates: map[string]function.Aggregate{
		"kll_quantiles.init_int64":          kllInit("i"),
		"kll_quantiles.init_float64":        kllInit("f"),
		"kll_quantiles.merge_partial":       kllMerged("bq_kll_join(%[1]s, %[2]s)"),
		"kll_quantiles.merge_int64":         kllMerged("bq_quantiles(bq_kll_ints(bq_kll_join(%[1]s, %[2]s)), %[3]s)"),
		"kll_quantiles.merge_float64":       kllMerged("bq_quantiles(bq_kll_floats(bq_kll_join(%[1]s, %[2]s)), %[3]s)"),
		"kll_quantiles.merge_point_int64":   kllMerged("bq_kll_point(bq_kll_ints(bq_kll_join(%[1]s, %[2]s)), %[3]s)"),
		"kll_quantiles.merge_point_float64": kllMerged("bq_kll_point(bq_kll_floats(bq_kll_join(%[1]s, %[2]s)), %[3]s)"),
	},
	Scalars: map[string]function.Scalar{
		"kll_quantiles.extract_int64":         function.SQL("bq_quantiles(bq_kll_ints($1), bq_kll_number($2))"),
		"kll_quantiles.extract_float64":       function.SQL("bq_quantiles(bq_kll_floats($1), bq_kll_number($2))"),
		"kll_quantiles.extract_point_int64":   function.SQL("bq_kll_point(bq_kll_ints($1), $2)"),
		"kll_quantiles.extract_point_float64": function.SQL("bq_kll_point(bq_kll_floats($1), $2)"),
	},
	Macros: []string{
		// A sketch is kll:i: or kll:f: and its values, with commas.
		`bq_kll_kind(b, kind) AS CASE WHEN b IS NULL THEN NULL WHEN hex(b[1:6]) = hex(encode('kll:' || kind || ':')) THEN TRUE
		ELSE CAST(bq_error('Invalid or incompatible sketch in KLL_QUANTILES') AS BOOLEAN) END`,
		`bq_kll_ints(b) AS CASE WHEN bq_kll_kind(b, 'i') THEN list_sort(CAST(string_split(substr(decode(b), 7), ',') AS BIGINT[])) END`,
		`bq_kll_floats(b) AS CASE WHEN bq_kll_kind(b, 'f') THEN list_sort(CAST(string_split(substr(decode(b), 7), ',') AS DOUBLE[])) END`,
		`bq_kll_join(heads, tails) AS CASE WHEN len(heads) = 0 THEN NULL
		WHEN len(heads) > 1 THEN CAST(bq_error('Invalid or incompatible sketch in KLL_QUANTILES: the sketches are of values of different types') AS BLOB)
		ELSE encode(heads[1] || tails) END`,
		`bq_kll_number(n) AS CASE WHEN n < 1 THEN CAST(bq_error('The number of quantiles of KLL_QUANTILES must be positive') AS BIGINT) ELSE n END`,
		`bq_kll_point(a, phi) AS CASE WHEN phi < 0 OR phi > 1 OR isnan(phi) THEN CAST(bq_error('phi of KLL_QUANTILES must be between 0 and 1') AS BIGINT)
		ELSE a[greatest(CAST(ceil(len(a) * phi) AS BIGINT), 1)] END`,
	},
}

// kllInit makes a sketch of the values that aren't NULL, NULL of none.
func kllInit(kind string) function.Aggregate {
	return func(a *function.AggregateCall) string {
		if len(a.Args) > 2 && a.LiteralInt(2) != 1 { // the analyzer adds the default
			bqerror.Refuse("the argument weight of %s", a.Display())
		}
		if len(a.Args) > 1 && (a.LiteralInt(1) < 1 || a.LiteralInt(1) > 100_000) {
			bqerror.Throw(bqerror.Query("The precision of %s must be between 1 and 100000", a.Display()))
		}
		return fmt.Sprintf("encode('kll:%s:' || string_agg(CAST(%s AS VARCHAR), ',')%s)", kind, a.Args[0], a.Filter())
	}
}

// kllMerged makes something of the kinds of some sketches, and of their values together.
func kllMerged(template string) function.Aggregate {
	return func(a *function.AggregateCall) string {
		heads := fmt.Sprintf("coalesce(list(DISTINCT substr(decode(%s), 1, 6))%s, [])", a.Args[0], taken(a, a.Args[0]))
		tails := fmt.Sprintf("string_agg(substr(decode(%s), 7), ',')%s", a.Args[0], a.Filter())
		if len(a.Args) == 1 {
			return fmt.Sprintf(template, heads, tails)
		}
		return fmt.Sprintf(template, heads, tails, a.Args[1])
	}
}
