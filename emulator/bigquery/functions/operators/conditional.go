package operators

import (
	"database/sql/driver"
	"fmt"
	"strings"

	"github.com/tallystream/tallystream/emulator/bigquery/ducksql"
	"github.com/tallystream/tallystream/emulator/bigquery/function"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// conditional are conditionals, and functions that raise and catch errors.
var conditional = function.Group{
	Scalars: map[string]function.Scalar{
		"$case_no_value":   caseNoValue,
		"$case_with_value": caseWithValue,
		"if":               function.SQL("CASE WHEN $1 THEN $2 ELSE $3 END"),
		"ifnull":           function.SQL("coalesce($1, $2)"),
		"coalesce":         function.SQL("coalesce($*)"),
		"nullif":           nullIf,
		"nullifzero":       function.SQL("nullif($1, 0)"),
		"zeroifnull":       function.SQL("coalesce($1, 0)"),
		"iferror":          function.SQL("coalesce(" + ducksql.OrNull("struct_pack(v := $1)") + ", struct_pack(v := $2)).v"),
		"iserror":          function.SQL("(" + ducksql.OrNull("$1 IS NULL") + " IS NULL)"),
		"error":            raised,
		"greatest":         extreme("greatest"),
		"least":            extreme("least"),
	},
	Exact: []string{"error"},
	Natives: []function.Native{
		{Name: "bq_error", Args: function.Types{function.Text}, Result: function.Text, Call: func(a []driver.Value) (any, error) {
			return nil, function.Message(a[0].(string))
		}},
	},
}

// raised is ERROR: of NULL too.
func raised(c *function.Call) string {
	return ducksql.Error("coalesce("+c.Args[0]+", 'ERROR function called with NULL value')", c.Type)
}

func caseNoValue(c *function.Call) string {
	return pairs("CASE", c.Args, func(when string) string { return when })
}

// pairs writes CASE with pairs of what is asked and what it yields, and an ELSE where one is left over.
func pairs(start string, args []string, asked func(when string) string) string {
	var b strings.Builder
	b.WriteString(start)
	for ; len(args) > 1; args = args[2:] {
		b.WriteString(" WHEN " + asked(args[0]) + " THEN " + args[1])
	}
	if len(args) > 0 {
		b.WriteString(" ELSE " + args[0])
	}
	return b.String() + " END"
}

// caseWithValue is CASE with a value, which is compared by Equal where DuckDB compares
// otherwise.
func caseWithValue(c *function.Call) string {
	if special(c.Types[0]) {
		return c.OnceFirst(caseOf)
	}
	return caseOf(c)
}

func caseOf(c *function.Call) string {
	if special(c.Types[0]) {
		return pairs("CASE", c.Args[1:], func(when string) string { return Equal(c.Args[0], when, c.Types[0]) })
	}
	return pairs("CASE "+c.Args[0], c.Args[1:], func(when string) string { return when })
}

// nullIf is NULL where its arguments are equal.
func nullIf(c *function.Call) string {
	if !special(c.Types[0]) {
		return c.Fill("nullif($1, $2)")
	}
	return c.Once(func(c *function.Call) string {
		return "CASE WHEN " + Equal(c.Args[0], c.Args[1], c.Types[0]) + " THEN NULL ELSE " + c.Args[0] + " END"
	})
}

// extremeByKey is GREATEST or LEAST of values that are ordered by a key.
func extremeByKey(name string, c *function.Call) string {
	pairs := make([]string, len(c.Args))
	for i, a := range c.Args {
		pairs[i] = fmt.Sprintf("{'k': %s, 'v': %s}", Key(a, c.Type), a)
	}
	sorted := map[string]string{"greatest": "list_reverse_sort", "least": "list_sort"}[name]
	return "(" + sorted + "([" + strings.Join(pairs, ", ") + "])[1]).v"
}

// extreme is GREATEST or LEAST: NULL if any argument is, unlike DuckDB's.
func extreme(name string) function.Scalar {
	return func(c *function.Call) string {
		var b strings.Builder
		b.WriteString("CASE WHEN ")
		for i, a := range c.Args {
			if i > 0 {
				b.WriteString(" OR ")
			}
			b.WriteString(a + " IS NULL")
		}
		b.WriteString(" THEN NULL")
		if c.Type.Kind == types.Float64 { // NaN wins in both
			b.WriteString(" WHEN ")
			for i, a := range c.Args {
				if i > 0 {
					b.WriteString(" OR ")
				}
				b.WriteString("isnan(" + a + ")")
			}
			b.WriteString(" THEN 'nan'::DOUBLE")
		}
		if Keyed(c.Type) {
			return b.String() + " ELSE " + extremeByKey(name, c) + " END"
		}
		return b.String() + " ELSE " + name + "(" + strings.Join(c.Args, ", ") + ") END"
	}
}
