package times

import (
	"github.com/tallystream/tallystream/emulator/bigquery/function"
)

// unix are functions of times as numbers since 1970.
var unix = function.Group{
	Scalars: map[string]function.Scalar{
		"timestamp_seconds":           limited("make_timestamp($1 * 1000000)"),
		"timestamp_millis":            limited("make_timestamp($1 * 1000)"),
		"timestamp_micros":            limited("make_timestamp($1)"),
		"timestamp_from_unix_seconds": limited("make_timestamp($1 * 1000000)"),
		"timestamp_from_unix_millis":  limited("make_timestamp($1 * 1000)"),
		"timestamp_from_unix_micros":  limited("make_timestamp($1)"),
		"unix_seconds":                function.SQL("bq_floor_div(epoch_us($1), 1000000)"),
		"unix_millis":                 function.SQL("bq_floor_div(epoch_us($1), 1000)"),
		"unix_micros":                 function.SQL("epoch_us($1)"),
		"unix_date":                   function.SQL("($1 - DATE '1970-01-01')"),
		"date_from_unix_date":         limited("(DATE '1970-01-01' + CAST($1 AS INTEGER))"),
	},
	Macros: []string{
		`bq_floor_div(a, b) AS (a - ((a % b) + b) % b) // b`,
	},
}

// limited refuses a result out of range.
func limited(template string) function.Scalar {
	return func(c *function.Call) string {
		return c.Once(func(c *function.Call) string { return InRange(c.Fill(template), c.Type, OutOfRange(c.Type)) })
	}
}
