package arrays

import (
	"fmt"
	"strings"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/ducksql"
	"github.com/tallystream/tallystream/emulator/bigquery/function"
	"github.com/tallystream/tallystream/emulator/bigquery/functions/times"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// generate are functions that make arrays of a range.
var generate = function.Group{
	Scalars: map[string]function.Scalar{
		"generate_array":           generateArray,
		"generate_date_array":      generateTimes("DATE"),
		"generate_timestamp_array": generateTimes("TIMESTAMP"),
	},
}

// mostGenerated is how many elements a generated array may have, as Google's reference
// implementation has it
// (https://github.com/google/zetasql/blob/master/zetasql/public/functions/generate_array.h).
const mostGenerated = 1_048_575

func generateArray(c *function.Call) string { return c.Once(generated) }

func generated(c *function.Call) string {
	if c.Type.Elem.Kind == types.BigNumeric {
		bqerror.Refuse("GENERATE_ARRAY of BIGNUMERIC")
	}
	step := c.Arg(2, "1")
	zero := fmt.Sprintf("CASE WHEN %s = 0 THEN %s WHEN (CAST(%s AS DOUBLE) - %s) / %s >= %d THEN %s ELSE ", step,
		ducksql.Error("'Sequence step cannot be 0.'", c.Type), c.Args[1], c.Args[0], step, mostGenerated,
		ducksql.Error(fmt.Sprintf("'GENERATE_ARRAY(' || %s || ', ' || %s || ', ' || %s || ') produced too many elements'", c.Args[0], c.Args[1], step), c.Type))
	switch c.Type.Elem.Kind {
	case types.Int64:
		return zero + fmt.Sprintf("generate_series(%s, %s, %s) END", c.Args[0], c.Args[1], step)
	case types.Numeric:
		from, to, by := ducksql.Units(c.Args[0]), ducksql.Units(c.Args[1]), ducksql.Units(step)
		return zero + fmt.Sprintf("CASE WHEN %[1]s <> %[2]s AND (%[1]s < %[2]s) <> (%[3]s > 0) THEN [] ELSE list_transform(generate_series(0, CAST((%[5]s - %[4]s) // %[6]s AS BIGINT)), lambda i_: CAST(%[1]s + i_ * %[3]s AS %[7]s)) END END",
			c.Args[0], c.Args[1], step, from, to, by, c.Type.Elem.DuckDB())
	default: // BigQuery multiplies steps too
		each := fmt.Sprintf("list_transform(generate_series(0, CAST(floor((%[2]s - %[1]s) / %[3]s) AS BIGINT) + 1), lambda i_: %[1]s + i_ * %[3]s)", c.Args[0], c.Args[1], step)
		return zero + fmt.Sprintf("list_filter(%[1]s, lambda e_: CASE WHEN %[3]s > 0 THEN e_ <= %[2]s ELSE e_ >= %[2]s END) END", each, c.Args[1], step)
	}
}

// generateTimes is GENERATE_DATE_ARRAY and its like: start, end, step, part.
func generateTimes(typ string) function.Scalar {
	return func(c *function.Call) string {
		n, unit := "1", "DAY"
		if len(c.Args) == 4 {
			n, unit = c.Args[2], times.Part(c.Args[3])
		}
		i, d := c.Fresh("i"), c.Fresh("d")
		count := fmt.Sprintf("date_diff('%s', %s, %s) // nullif(%s, 0) + 2", strings.ToLower(unit), c.Args[0], c.Args[1], n)
		list := fmt.Sprintf("list_transform(range(%s), lambda %s: CAST(%s + %s AS %s))", count, i, c.Args[0], times.Interval(n+" * "+i, unit, 1), typ)
		if unit == "MONTH" || unit == "QUARTER" || unit == "YEAR" {
			list = monthly(c, list, n, unit, count)
		}
		return fmt.Sprintf("CASE WHEN %[1]s = 0 THEN %[2]s WHEN %[1]s > 0 THEN list_filter(%[3]s, lambda %[4]s: %[4]s <= %[5]s) ELSE list_filter(%[3]s, lambda %[4]s: %[4]s >= %[5]s) END",
			n, ducksql.Error("'Sequence step cannot be 0.'", c.Type), list, d, c.Args[1])
	}
}

// monthly are days in steps of months, each from the one before it: behind a short month the days stay as early as its last. All
// months that a series has are among its first hundred steps.
func monthly(c *function.Call, list, step, unit, count string) string {
	i, j := c.Fresh("i"), c.Fresh("j")
	at := func(n string) string {
		return fmt.Sprintf("(%s + %s)", c.Args[0], times.Interval(step+" * "+n, unit, 1))
	}
	day := fmt.Sprintf("list_min(list_transform(range(least(%[1]s, 100) + 1), lambda %[2]s: day(%[3]s)))", i, j, at(j))
	return fmt.Sprintf("CASE WHEN day(%[1]s) <= 28 THEN %[2]s ELSE list_transform(range(%[3]s), lambda %[4]s: CAST(date_trunc('month', %[5]s) AS DATE) + CAST(%[6]s - 1 AS INTEGER)) END",
		c.Args[0], list, count, i, at(i), day)
}
