package times

import (
	"fmt"
	"strings"

	"github.com/tallystream/tallystream/emulator/bigquery/function"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// extraction are parts of times.
var extraction = function.Group{
	Scalars: map[string]function.Scalar{
		"$extract":          extract,
		"$extract_date":     func(c *function.Call) string { return "CAST(" + toCivil(c, c.Args[0], 1) + " AS DATE)" },
		"$extract_time":     func(c *function.Call) string { return "CAST(" + toLocal(c, c.Args[0], 1) + " AS TIME)" },
		"$extract_datetime": func(c *function.Call) string { return toCivil(c, c.Args[0], 1) },
	},
}

// extract is EXTRACT of a number.
func extract(c *function.Call) string {
	unit := Part(c.Args[1])
	x := c.Args[0]
	if c.Types[0].Kind == types.Timestamp {
		x = toLocal(c, x, 2)
	}
	switch unit {
	case "DAYOFWEEK":
		return "(date_part('dow', " + x + ") + 1)"
	case "DAYOFYEAR":
		return "date_part('doy', " + x + ")"
	case "ISOWEEK":
		return "date_part('week', " + x + ")"
	case "MILLISECOND":
		return "(date_part('microsecond', " + x + ") % 1000000 // 1000)"
	case "MICROSECOND":
		return "(date_part('microsecond', " + x + ") % 1000000)"
	case "DATE":
		return "CAST(" + x + " AS DATE)"
	case "TIME":
		return "CAST(" + x + " AS TIME)"
	case "DATETIME":
		return x
	}
	if days, ok := weekStarts[unit]; ok {
		first := (days + 1) % 7 // counted from Sunday, as dow is
		return fmt.Sprintf("((date_part('doy', %[1]s) + 6 - (date_part('dow', %[1]s) + 7 - %[2]d) %% 7) // 7)", x, first)
	}
	return fmt.Sprintf("date_part('%s', %s)", strings.ToLower(unit), x)
}
