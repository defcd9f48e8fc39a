package translate

import (
	"fmt"
	"strings"

	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// array functions.
var _ = register(map[string]function{
	"$make_array":              makeArray,
	"array_length":             sql("len($1)"),
	"$array_at_offset":         at("+ 1", "$2 < 0 OR $2 >= len($1)"),
	"$array_at_ordinal":        at("", "$2 < 1 OR $2 > len($1)"),
	"$safe_array_at_offset":    sql("CASE WHEN $2 >= 0 THEN $1[$2 + 1] END"),
	"$safe_array_at_ordinal":   sql("CASE WHEN $2 >= 1 THEN $1[$2] END"),
	"array_concat":             concat,
	"array_reverse":            sql("list_reverse($1)"),
	"array_to_string":          arrayToString,
	"array_first":              edge("1"),
	"array_last":               edge("-1"),
	"array_first_n":            sql("$1[1:$2]"),
	"array_last_n":             sql("$1[greatest(len($1) - $2, 0) + 1:]"),
	"array_slice":              sql("bq_array_slice($1, $2, $3)"),
	"array_includes":           includes,
	"array_includes_any":       sql("list_has_any($1, $2)"),
	"array_includes_all":       sql("list_has_all($1, $2)"),
	"array_filter":             arrayFilter,
	"array_transform":          arrayTransform,
	"array_is_distinct":        sql("(len(list_distinct($1)) + CASE WHEN list_count($1) < len($1) THEN 1 ELSE 0 END = len($1))"),
	"array_max":                sql("list_max($1)"),
	"array_min":                sql("list_min($1)"),
	"array_sum":                sql("list_sum($1)"),
	"array_avg":                sql("list_avg($1)"),
	"generate_array":           generateArray,
	"generate_date_array":      generateTimes("DATE"),
	"generate_timestamp_array": generateTimes("TIMESTAMP"),
	"generate_datetime_array":  generateTimes("TIMESTAMP"),
	"flatten":                  sql("flatten($1)"),
	"$subscript":               subscript,
})

// makeArray builds an array; its elements are cast, so that NULLs have a type.
func makeArray(c *call) string {
	if len(c.args) == 0 {
		return "[]"
	}
	list := make([]string, len(c.args))
	for i, a := range c.args {
		list[i] = pinned(a, c.typ.Elem)
	}
	return "[" + strings.Join(list, ", ") + "]"
}

// at is an element of an array, with an error if there is none.
func at(shift, outside string) function {
	return func(c *call) string {
		message := "'Array index ' || " + c.args[1] + " || ' is out of bounds ' || CASE WHEN " + c.args[1] + " < 1 THEN '(underflow)' ELSE '(overflow)' END"
		return c.fill("CASE WHEN "+outside+" THEN ") + failing(message, c.typ) + c.fill(" ELSE $1[$2 "+shift+"] END")
	}
}

func edge(index string) function {
	return func(c *call) string {
		return c.fill("CASE WHEN len($1) = 0 THEN ") + failing("'"+displayName(c.name)+" cannot get an element of an empty array'", c.typ) +
			c.fill(" ELSE $1["+index+"] END")
	}
}

// arrayToString skips NULLs unless there is a text for them.
func arrayToString(c *call) string {
	if c.types[0].Elem.Kind == types.Bytes {
		unsupported("ARRAY_TO_STRING of BYTES")
	}
	if len(c.args) == 3 {
		return fmt.Sprintf("array_to_string(list_transform(%[1]s, lambda e_: coalesce(e_, %[3]s)), %[2]s)", c.args[0], c.args[1], c.args[2])
	}
	return c.fill("array_to_string(list_filter($1, lambda e_: e_ IS NOT NULL), $2)")
}

// includes takes a value or a condition.
func includes(c *call) string {
	if c.nodes[1] == nil {
		return c.fill("(len(list_filter($1, $2)) > 0)")
	}
	return c.fill("list_contains($1, $2)")
}

func arrayFilter(c *call) string {
	return c.fill("list_filter($1, " + zeroBased(c.args[1]) + ")")
}

func arrayTransform(c *call) string {
	return c.fill("list_transform($1, " + zeroBased(c.args[1]) + ")")
}

// zeroBased makes the index that a lambda takes count from 0.
func zeroBased(lambda string) string {
	head, body, _ := strings.Cut(strings.TrimPrefix(lambda, "lambda "), ": ")
	if _, index, two := strings.Cut(head, ", "); two {
		return fmt.Sprintf("lambda %s: %s", head, strings.ReplaceAll(body, index, "("+index+" - 1)"))
	}
	return lambda
}

func generateArray(c *call) string {
	step := c.arg(2, "1")
	zero := fmt.Sprintf("CASE WHEN %s = 0 THEN %s ELSE ", step, failing("'Sequence step cannot be 0.'", c.typ))
	switch c.typ.Elem.Kind {
	case types.Int64:
		return zero + fmt.Sprintf("generate_series(%s, %s, %s) END", c.args[0], c.args[1], step)
	default: // BigQuery adds up steps, so does this, without their rounding errors
		return zero + fmt.Sprintf("list_transform(generate_series(0, CAST(floor((%[2]s - %[1]s) / %[3]s) AS BIGINT)), lambda i_: CAST(%[1]s + i_ * %[3]s AS %[4]s)) END",
			c.args[0], c.args[1], step, c.typ.Elem.DuckDB())
	}
}

// generateTimes is GENERATE_DATE_ARRAY and its like: start, end, step, part.
func generateTimes(typ string) function {
	return func(c *call) string {
		n, unit := "1", "DAY"
		if len(c.args) == 4 {
			n, unit = c.args[2], part(c.args[3])
		}
		i, d := c.t.fresh("i"), c.t.fresh("d")
		// Each element is counted from the start: steps of months don't add up.
		count := fmt.Sprintf("date_diff('%s', %s, %s) // nullif(%s, 0) + 2", strings.ToLower(unit), c.args[0], c.args[1], n)
		list := fmt.Sprintf("list_transform(range(%s), lambda %s: CAST(%s + %s AS %s))", count, i, c.args[0], interval(n+" * "+i, unit, 1), typ)
		return fmt.Sprintf("CASE WHEN %[1]s = 0 THEN %[2]s WHEN %[1]s > 0 THEN list_filter(%[3]s, lambda %[4]s: %[4]s <= %[5]s) ELSE list_filter(%[3]s, lambda %[4]s: %[4]s >= %[5]s) END",
			n, failing("'Sequence step cannot be 0.'", c.typ), list, d, c.args[1])
	}
}

// subscript is JSON's x['a'] or x[0].
func subscript(c *call) string {
	if c.types[0].Kind != types.JSON {
		unsupported("a subscript of %s", c.types[0])
	}
	if c.types[1].Kind == types.Int64 {
		return c.fill("bq_json_element($1, $2)")
	}
	return c.fill("bq_json_field($1, $2)")
}
