package times

import (
	"fmt"
	"strings"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/function"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// truncation are functions that truncate times.
var truncation = function.Group{
	Scalars: map[string]function.Scalar{
		"timestamp_trunc": truncPart,
		"datetime_trunc":  truncPart,
		"date_trunc":      truncPart,
		"time_trunc":      truncPart,
		"last_day":        lastDay,
	},
	Macros: []string{
		`bq_time_micros(t) AS epoch_us(DATE '1970-01-01' + t)`,
	},
}

// trunc truncates a naive time to a part.
func trunc(x, unit string) string {
	unit = Part(unit)
	if days, ok := weekStarts[unit]; ok {
		if days == 0 {
			return fmt.Sprintf("date_trunc('week', %s)", x)
		}
		return fmt.Sprintf("(date_trunc('week', %s - to_days(%d)) + to_days(%d))", x, days, days)
	}
	return fmt.Sprintf("date_trunc('%s', %s)", strings.ToLower(unit), x)
}

func truncPart(c *function.Call) string {
	if c.Types[0].Kind == types.Time {
		us, ok := micros[Part(c.Args[1])]
		if !ok || us >= micros["DAY"] {
			bqerror.Throw(bqerror.Query("TIME_TRUNC does not support the %s date part", c.Args[1]))
		}
		return c.Fill("CAST(make_timestamp(bq_time_micros($1) // ") + fmt.Sprintf("%d * %d) AS TIME)", us, us)
	}
	return c.Once(func(c *function.Call) string {
		if us, ok := micros[Part(c.Args[1])]; ok && us < micros["DAY"] { // a local hour may come twice: what is cut off tells which
			local := toLocal(c, c.Args[0], 2)
			return fmt.Sprintf("(%s - (%s - %s))", c.Args[0], local, trunc(local, c.Args[1]))
		}
		return InRange(toUTC(c, trunc(toLocal(c, c.Args[0], 2), c.Args[1]), 2), c.Type, OutOfRange(c.Type))
	})
}

func lastDay(c *function.Call) string {
	unit := Part(c.Arg(1, "MONTH"))
	x := "CAST(" + c.Args[0] + " AS DATE)"
	length := map[string]string{"MONTH": "to_months(1)", "QUARTER": "to_months(3)", "YEAR": "to_months(12)"}[unit]
	switch {
	case unit == "ISOYEAR":
		return InRange(fmt.Sprintf("date_trunc('isoyear', date_trunc('isoyear', %s) + to_days(372)) - to_days(1)", x), c.Type, OutOfRange(c.Type))
	case length == "":
		length = "to_days(7)"
	}
	return InRange(fmt.Sprintf("%s + %s - to_days(1)", trunc(x, unit), length), c.Type, OutOfRange(c.Type))
}
