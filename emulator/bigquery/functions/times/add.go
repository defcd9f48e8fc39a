package times

import (
	"fmt"

	"github.com/tallystream/tallystream/emulator/bigquery/function"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// addition are functions that add to times.
var addition = function.Group{
	Scalars: map[string]function.Scalar{
		"timestamp_add": addPart(1),
		"timestamp_sub": addPart(-1),
		"datetime_add":  addPart(1),
		"datetime_sub":  addPart(-1),
		"date_add":      addPart(1),
		"date_sub":      addPart(-1),
		"time_add":      addPart(1),
		"time_sub":      addPart(-1),
	},
}

// addPart is X_ADD or X_SUB.
func addPart(sign int64) function.Scalar {
	return func(c *function.Call) string {
		if len(c.Args) == 2 { // an INTERVAL value
			if sign < 0 {
				return c.Fill("($1 - $2)")
			}
			return c.Fill("($1 + $2)")
		}
		if c.Types[0].Kind == types.Date && (c.Args[2] == "DAY" || c.Args[2] == "WEEK") {
			days := sign
			if c.Args[2] == "WEEK" {
				days *= 7
			}
			return fmt.Sprintf("(%s + CAST(%s * %d AS INTEGER))", c.Args[0], c.Args[1], days)
		}
		return fmt.Sprintf("(%s + %s)", c.Args[0], Interval(c.Args[1], c.Args[2], sign))
	}
}
