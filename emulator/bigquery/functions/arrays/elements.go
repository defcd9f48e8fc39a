package arrays

import (
	"fmt"
	"strings"

	"github.com/tallystream/tallystream/emulator/bigquery/ducksql"
	"github.com/tallystream/tallystream/emulator/bigquery/function"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// elements are functions that make arrays and take their elements.
var elements = function.Group{
	Scalars: map[string]function.Scalar{
		"$make_array":            makeArray,
		"array_length":           function.SQL("len($1)"),
		"$array_at_offset":       at("+ 1", "$2 < 0 OR $2 >= len($1)"),
		"$array_at_ordinal":      at("", "$2 < 1 OR $2 > len($1)"),
		"$safe_array_at_offset":  function.SQL("CASE WHEN $2 >= 0 THEN $1[$2 + 1] END"),
		"$safe_array_at_ordinal": function.SQL("CASE WHEN $2 >= 1 THEN $1[$2] END"),
		"array_concat":           function.Joined(" || "),
		"array_reverse":          function.SQL("list_reverse($1)"),
		"array_to_string":        arrayToString,
		"array_first":            edge("1"),
		"array_last":             edge("-1"),
		"array_first_n":          someOf("$1[1:$2]"),
		"array_last_n":           someOf("$1[greatest(len($1) - $2, 0) + 1:]"),
		"array_slice":            function.SQL("bq_array_slice($1, $2, $3)"),
	},
	Macros: []string{
		`bq_array_slice(a, i, j) AS a[CASE WHEN i < 0 THEN greatest(len(a) + i, 0) ELSE i END + 1:CASE WHEN j < 0 THEN greatest(len(a) + j + 1, 0) ELSE j + 1 END]`,
	},
}

// someOf are so many elements from an end of an array.
func someOf(slice string) function.Scalar {
	return func(c *function.Call) string {
		bad := ducksql.Error("'The n argument to "+function.Display(c.Name)+" must not be negative.'", c.Type)
		return c.Fill("CASE WHEN $2 < 0 THEN " + bad + " WHEN $2 IS NOT NULL THEN " + slice + " END")
	}
}

// makeArray builds an array; its elements are cast, so that NULLs have a type.
func makeArray(c *function.Call) string {
	if len(c.Args) == 0 {
		return "[]"
	}
	list := make([]string, len(c.Args))
	for i, a := range c.Args {
		list[i] = ducksql.Cast(a, c.Type.Elem)
	}
	return "[" + strings.Join(list, ", ") + "]"
}

// at is an element of an array, with an error if there is none.
func at(shift, outside string) function.Scalar {
	return func(c *function.Call) string {
		message := "'Array index ' || " + c.Args[1] + " || ' is out of bounds ' || CASE WHEN " + c.Args[1] + " < 1 THEN '(underflow)' ELSE '(overflow)' END"
		return c.Fill("CASE WHEN "+outside+" THEN ") + ducksql.Error(message, c.Type) + c.Fill(" ELSE $1[$2 "+shift+"] END")
	}
}

func edge(index string) function.Scalar {
	return func(c *function.Call) string {
		return c.Fill("CASE WHEN len($1) = 0 THEN ") + ducksql.Error("'"+c.Display()+" cannot get an element of an empty array'", c.Type) +
			c.Fill(" ELSE $1["+index+"] END")
	}
}

// arrayToString skips NULLs unless there is a text for them.
func arrayToString(c *function.Call) string {
	if c.Types[0].Elem.Kind == types.Bytes { // by their digits
		other := "hex(e_)"
		if len(c.Args) == 3 {
			other = "coalesce(hex(e_), hex(" + c.Args[2] + "))"
		}
		return fmt.Sprintf("from_hex(array_to_string(list_filter(list_transform(%s, lambda e_: %s), lambda e_: e_ IS NOT NULL), hex(%s)))", c.Args[0], other, c.Args[1])
	}
	if len(c.Args) == 3 {
		return fmt.Sprintf("array_to_string(list_transform(%[1]s, lambda e_: coalesce(e_, %[3]s)), %[2]s)", c.Args[0], c.Args[1], c.Args[2])
	}
	return c.Fill("array_to_string(list_filter($1, lambda e_: e_ IS NOT NULL), $2)")
}
