package ranges

import (
	"database/sql/driver"
	"fmt"

	"github.com/tallystream/tallystream/emulator/bigquery/ducksql"
	"github.com/tallystream/tallystream/emulator/bigquery/function"
	"github.com/tallystream/tallystream/emulator/bigquery/functions/cast"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// bounds make ranges and compare their bounds. In DuckDB a RANGE is a struct whose bounds are
// never NULL: types.Lowest and types.Highest stand for those that are none.
var bounds = function.Group{
	Scalars: map[string]function.Scalar{
		"range":           construct,
		"range_start":     function.SQL("bq_range_start($1)"),
		"range_end":       function.SQL("bq_range_end($1)"),
		"range_contains":  contains,
		"range_overlaps":  function.SQL("bq_range_overlaps($1, $2)"),
		"range_intersect": intersect,
	},
	Natives: []function.Native{
		{Name: "bq_string_to_range", Args: function.Types{function.Text, function.Text}, Result: function.TextList, Call: func(a []driver.Value) (any, error) {
			kind, _ := types.KindOf(a[1].(string))
			v, err := types.RangeOf(types.Of(kind)).Parse(a[0].(string))
			if err != nil {
				return nil, function.Message(err.Error())
			}
			return texts(v.(types.RangeValue)), nil
		}},
	},
	Macros: []string{
		`bq_range_start(r) AS CASE WHEN struct_extract(r, 'start') >= DATE '0001-01-01' THEN struct_extract(r, 'start') END`,
		`bq_range_end(r) AS CASE WHEN struct_extract(r, 'end') < DATE '10000-01-01' THEN struct_extract(r, 'end') END`,
		`bq_range_overlaps(a, b) AS struct_extract(a, 'start') < struct_extract(b, 'end') AND struct_extract(b, 'start') < struct_extract(a, 'end')`,
		`bq_range_covers(a, b) AS struct_extract(a, 'start') <= struct_extract(b, 'start') AND struct_extract(b, 'end') <= struct_extract(a, 'end')`,
		`bq_range_has(a, x) AS struct_extract(a, 'start') <= x AND x < struct_extract(a, 'end')`,
	},
}

// texts are the bounds of a range as DuckDB casts them.
func texts(r types.RangeValue) []string {
	list := []string{types.Lowest, types.Highest}
	for i, v := range []any{r.Start, r.End} {
		if v != nil {
			list[i] = types.BoundText(v)
		}
	}
	return list
}

// construct is RANGE(start, end).
func construct(c *function.Call) string {
	return c.Once(func(c *function.Call) string {
		start := fmt.Sprintf("coalesce(%s, CAST('%s' AS %s))", c.Args[0], types.Lowest, c.Type.Elem.DuckDB())
		end := fmt.Sprintf("coalesce(%s, CAST('%s' AS %s))", c.Args[1], types.Highest, c.Type.Elem.DuckDB())
		text := func(i int) string { return cast.Convert(c, c.Args[i], c.Type.Elem, types.Of(types.String)) }
		message := fmt.Sprintf("'Range start element must be smaller than range end element: [' || %s || ', ' || %s || ')'", text(0), text(1))
		return fmt.Sprintf("CASE WHEN %s >= %s THEN %s ELSE %s END", c.Args[0], c.Args[1], ducksql.Error(message, c.Type), ducksql.Bounds(start, end))
	})
}

// contains takes a range or a value.
func contains(c *function.Call) string {
	if c.Types[1].Kind == types.Range {
		return c.Fill("bq_range_covers($1, $2)")
	}
	return c.Fill("bq_range_has($1, $2)")
}

// intersect fails for ranges that have nothing in common.
func intersect(c *function.Call) string {
	return c.Once(func(c *function.Call) string {
		text := func(i int) string { return cast.Convert(c, c.Args[i], c.Type, types.Of(types.String)) }
		message := fmt.Sprintf("'Provided RANGE inputs: ' || %s || ' and ' || %s || ' do not overlap'", text(0), text(1))
		start := c.Fill("greatest(struct_extract($1, 'start'), struct_extract($2, 'start'))")
		end := c.Fill("least(struct_extract($1, 'end'), struct_extract($2, 'end'))")
		return fmt.Sprintf("CASE WHEN %[1]s IS NULL OR %[2]s IS NULL THEN NULL WHEN NOT bq_range_overlaps(%[1]s, %[2]s) THEN %[3]s ELSE %[4]s END",
			c.Args[0], c.Args[1], ducksql.Error(message, c.Type), ducksql.Bounds(start, end))
	})
}
