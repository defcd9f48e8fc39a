package times

import (
	"github.com/tallystream/tallystream/emulator/bigquery/ducksql"
	"github.com/tallystream/tallystream/emulator/bigquery/function"
)

// current are functions of the time at which the statement began.
var current = function.Group{
	Scalars: map[string]function.Scalar{
		"current_timestamp": func(c *function.Call) string { return c.Now() },
		"current_date":      func(c *function.Call) string { return ducksql.Cast(toLocal(c, c.Now(), 0), c.Type) },
		"current_datetime":  func(c *function.Call) string { return toLocal(c, c.Now(), 0) },
		"current_time":      func(c *function.Call) string { return ducksql.Cast(toLocal(c, c.Now(), 0), c.Type) },
	},
}
