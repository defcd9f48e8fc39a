package times

import (
	"fmt"
	"strings"

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
		return c.Once(func(c *function.Call) string { return InRange(sum(c, sign), c.Type, overflow(c, sign)) })
	}
}

func sum(c *function.Call, sign int64) string {
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

// overflow words the error of a sum that is out of range.
func overflow(c *function.Call, sign int64) string {
	if len(c.Args) == 2 {
		return OutOfRange(c.Type)
	}
	kind := strings.ToLower(c.Type.Kind.String())
	if sign < 0 {
		return c.Fill("'Subtracting ' || $2 || ' " + c.Args[2] + " from " + kind + " ' || $1 || ' causes overflow'")
	}
	return c.Fill("'Adding ' || $2 || ' " + c.Args[2] + " to " + kind + " ' || $1 || ' causes overflow'")
}
