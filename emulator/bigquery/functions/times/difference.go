package times

import (
	"fmt"
	"strings"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/function"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// difference are differences of times.
var difference = function.Group{
	Scalars: map[string]function.Scalar{
		"timestamp_diff": diffWhole,
		"datetime_diff":  diffBoundaries,
		"date_diff":      diffBoundaries,
		"time_diff":      diffBoundaries,
	},
}

func diffWhole(c *function.Call) string {
	us, ok := micros[Part(c.Args[2])]
	if !ok {
		bqerror.Throw(bqerror.Query("TIMESTAMP_DIFF does not support the %s date part", c.Args[2]))
	}
	return c.Fill("((epoch_us($1) - epoch_us($2)) // ") + fmt.Sprintf("%d)", us)
}

func diffBoundaries(c *function.Call) string {
	unit := Part(c.Args[2])
	if c.Types[0].Kind == types.Time {
		us, ok := micros[unit]
		if !ok {
			bqerror.Throw(bqerror.Query("TIME_DIFF does not support the %s date part", unit))
		}
		return c.Fill("(bq_time_micros($1) // ") + fmt.Sprintf("%d", us) + c.Fill(" - bq_time_micros($2) // ") + fmt.Sprintf("%d)", us)
	}
	if c.Name == "datetime_diff" && c.Types[0].Kind == types.Timestamp {
		return diffWhole(c)
	}
	if _, ok := weekStarts[unit]; ok {
		return fmt.Sprintf("(date_diff('day', CAST(%s AS DATE), CAST(%s AS DATE)) // 7)", trunc(c.Args[1], unit), trunc(c.Args[0], unit))
	}
	return fmt.Sprintf("date_diff('%s', %s, %s)", strings.ToLower(unit), c.Args[1], c.Args[0])
}
