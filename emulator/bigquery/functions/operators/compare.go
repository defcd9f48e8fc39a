package operators

import (
	"database/sql/driver"
	"fmt"
	"strings"

	"github.com/tallystream/tallystream/emulator/bigquery/ducksql"
	"github.com/tallystream/tallystream/emulator/bigquery/function"
	"github.com/tallystream/tallystream/emulator/bigquery/resolved"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// compare are comparisons, logic and membership.
var compare = function.Group{
	Scalars: map[string]function.Scalar{
		"$equal":                equal,
		"$not_equal":            notEqual,
		"$less":                 less,
		"$less_or_equal":        lessOrEqual,
		"$greater":              greater,
		"$greater_or_equal":     greaterOrEqual,
		"$and":                  function.Joined(" AND "),
		"$or":                   function.Joined(" OR "),
		"$not":                  function.SQL("(NOT $1)"),
		"$is_null":              function.SQL("($1 IS NULL)"),
		"$is_true":              function.SQL("($1 IS TRUE)"),
		"$is_false":             function.SQL("($1 IS FALSE)"),
		"$is_distinct_from":     distinct("IS DISTINCT FROM"),
		"$is_not_distinct_from": distinct("IS NOT DISTINCT FROM"),
		"$between":              between,
		"$in":                   in,
		"$in_array":             inArray,
		"$like":                 like,
		"$like_any":             anyOf(" OR ", "LIKE"),
		"$like_all":             anyOf(" AND ", "LIKE"),
		"$not_like_any":         anyOf(" OR ", "NOT LIKE"),
		"$not_like_all":         anyOf(" AND ", "NOT LIKE"),
	},
	Exact: []string{
		"$equal", "$not_equal", "$less", "$less_or_equal", "$greater", "$greater_or_equal", "$and", "$or", "$not",
		"$is_null", "$is_true", "$is_false", "$in", "$in_array", "$between", "$is_distinct_from", "$is_not_distinct_from",
		"$like",
	},
	Natives: []function.Native{
		{Name: "bq_bytes_like", Args: function.Types{function.Blob, function.Blob}, Result: function.Boolean, Call: func(a []driver.Value) (any, error) {
			return bytesLike(a[0].([]byte), a[1].([]byte))
		}},
	},
	Macros: []string{
		`bq_in_array(x, a) AS CASE WHEN coalesce(len(a), 0) = 0 THEN FALSE WHEN x IS NULL THEN NULL
		WHEN list_contains(a, x) THEN TRUE WHEN list_count(a) < len(a) THEN NULL ELSE FALSE END`,
		`bq_any(a) AS CASE WHEN list_contains(a, TRUE) THEN TRUE WHEN list_count(a) < coalesce(len(a), 0) THEN NULL ELSE FALSE END`,
	},
}

// in is IN with a list.
func in(c *function.Call) string {
	plain := !special(c.Types[0]) || c.Types[0].Kind == types.Float64
	for _, n := range c.Nodes[1:] {
		plain = plain && (c.Types[0].Kind != types.Float64 || neverNaN(n))
	}
	if plain {
		return "(" + c.Args[0] + " IN (" + strings.Join(c.Args[1:], ", ") + "))"
	}
	return c.Once(func(c *function.Call) string {
		parts := make([]string, len(c.Args)-1)
		for i, a := range c.Args[1:] {
			parts[i] = Equal(c.Args[0], a, c.Types[0])
		}
		return "(" + strings.Join(parts, " OR ") + ")"
	})
}

// inArray is IN UNNEST. An array that is the same for all rows becomes a hash
// join, so that a parameter may be long.
func inArray(c *function.Call) string {
	if special(c.Types[0]) {
		e := c.Fresh("e")
		return c.Once(func(c *function.Call) string {
			return fmt.Sprintf("bq_any(list_transform(%s, lambda %s: %s))", c.Args[1], e, Equal(c.Args[0], e, c.Types[0]))
		})
	}
	switch c.Nodes[1].(type) {
	case *resolved.Parameter, *resolved.ScriptVariable, *resolved.Literal:
		return c.Fill("($1 IN (SELECT unnest($2)))")
	}
	return c.Fill("bq_in_array($1, $2)")
}

// like uses the backslash as BigQuery does.
func like(c *function.Call) string {
	if c.Types[0].Kind == types.Bytes {
		return c.Fill("bq_bytes_like($1, $2)")
	}
	return "(" + c.Args[0] + " LIKE " + pattern(c, 1) + ")"
}

// pattern is an argument as the pattern of LIKE. DuckDB finds the ends and parts of a text fast where a pattern is known and
// has no ESCAPE, and then no backslash.
func pattern(c *function.Call, i int) string {
	if text, ok := c.LiteralString(i); ok && !strings.ContainsAny(text, "\\\x00") {
		return ducksql.String(text)
	}
	return c.Args[i] + ` ESCAPE '\'`
}

// bytesLike matches bytes with a pattern: % is any bytes, _ one, and a backslash quotes.
func bytesLike(b, pattern []byte) (bool, error) {
	if len(pattern) == 0 {
		return len(b) == 0, nil
	}
	switch p := pattern[0]; p {
	case '%':
		for i := 0; i <= len(b); i++ {
			if ok, err := bytesLike(b[i:], pattern[1:]); ok || err != nil {
				return ok, err
			}
		}
		return false, nil
	case '\\':
		if pattern = pattern[1:]; len(pattern) == 0 {
			return false, function.Errorf("LIKE pattern ends with a backslash")
		}
	case '_':
		if len(b) == 0 {
			return false, nil
		}
		return bytesLike(b[1:], pattern[1:])
	}
	if len(b) == 0 || b[0] != pattern[0] {
		return false, nil
	}
	return bytesLike(b[1:], pattern[1:])
}

func anyOf(operator, like string) function.Scalar {
	return func(c *function.Call) string {
		parts := make([]string, len(c.Args)-1)
		for i := range parts {
			if c.Types[0].Kind == types.Bytes {
				parts[i] = fmt.Sprintf("%sbq_bytes_like(%s, %s)", strings.TrimSuffix(like, "LIKE"), c.Args[0], c.Args[i+1])
				continue
			}
			parts[i] = c.Args[0] + " " + like + " " + pattern(c, i+1)
		}
		return "(" + strings.Join(parts, operator) + ")"
	}
}
