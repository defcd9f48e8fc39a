package arrays

import (
	"fmt"
	"strings"

	"github.com/tallystream/tallystream/emulator/bigquery/function"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// search are functions that visit every element.
var search = function.Group{
	Scalars: map[string]function.Scalar{
		"array_includes":     includes,
		"array_includes_any": function.SQL("list_has_any($1, $2)"),
		"array_includes_all": function.SQL("(list_has_all($1, $2) AND list_count($2) = len($2))"),
		"array_filter":       arrayFilter,
		"array_transform":    arrayTransform,
		"array_is_distinct":  isDistinct,
		"array_max":          function.SQL("list_max($1)"),
		"array_min":          function.SQL("list_min($1)"),
		"array_sum":          function.SQL("list_sum($1)"),
		"array_avg":          function.SQL("list_avg($1)"),
	},
}

// includes takes a value or a condition.
func includes(c *function.Call) string {
	if c.Nodes[1] == nil {
		return c.Fill("(len(list_filter($1, $2)) > 0)")
	}
	return c.Fill("list_contains($1, $2)")
}

// isDistinct has one NULL, one 0 and one NaN, unlike list_distinct, to which each NaN differs.
func isDistinct(c *function.Call) string {
	elements := c.Args[0]
	if c.Types[0].Elem.Kind == types.Float64 {
		elements = "list_transform(" + elements + ", lambda e_: CAST(e_ + 0 AS VARCHAR))"
	}
	return fmt.Sprintf("(len(list_distinct(%s)) + CASE WHEN list_count(%[2]s) < len(%[2]s) THEN 1 ELSE 0 END = len(%[2]s))", elements, c.Args[0])
}

func arrayFilter(c *function.Call) string {
	return c.Fill("list_filter($1, " + zeroBased(c.Args[1]) + ")")
}

func arrayTransform(c *function.Call) string {
	return c.Fill("list_transform($1, " + zeroBased(c.Args[1]) + ")")
}

// zeroBased makes the index that a lambda takes count from 0.
func zeroBased(lambda string) string {
	head, body, _ := strings.Cut(strings.TrimPrefix(lambda, "lambda "), ": ")
	if _, index, two := strings.Cut(head, ", "); two {
		return fmt.Sprintf("lambda %s: %s", head, strings.ReplaceAll(body, index, "("+index+" - 1)"))
	}
	return lambda
}
