package cast

import (
	"fmt"

	"github.com/tallystream/tallystream/emulator/bigquery/ducksql"
	"github.com/tallystream/tallystream/emulator/bigquery/function"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// rangeText is a RANGE as text, such as [2020-01-01, UNBOUNDED).
func rangeText(s function.Statement, x string, from *types.Type) string {
	bound := func(end string) string {
		return fmt.Sprintf("coalesce(%s, 'UNBOUNDED')", Convert(s, "bq_range_"+end+"("+x+")", from.Elem, types.Of(types.String)))
	}
	return fmt.Sprintf("CASE WHEN %s IS NULL THEN NULL ELSE '[' || %s || ', ' || %s || ')' END", x, bound("start"), bound("end"))
}

// textRange reads a RANGE from text.
func textRange(x string, to *types.Type) string {
	list := fmt.Sprintf("bq_string_to_range(%s, '%s')", x, to.Elem.Kind)
	return fmt.Sprintf("CASE WHEN %s IS NULL THEN NULL ELSE %s END", x, ducksql.Cast(ducksql.Bounds(list+"[1]", list+"[2]"), to))
}
