package operators

import (
	"github.com/tallystream/tallystream/emulator/bigquery/function"
)

// volatile are functions whose result isn't that of their arguments alone.
var volatile = function.Group{
	Scalars: map[string]function.Scalar{
		"session_user":  func(c *function.Call) string { return c.User() },
		"generate_uuid": function.Volatile("CAST(uuid() AS VARCHAR)"),
		"rand":          function.Volatile("random()"),
	},
}
