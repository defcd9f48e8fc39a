package operators

import (
	"database/sql/driver"
	"fmt"
	"strings"

	"github.com/tallystream/tallystream/emulator/bigquery/ducksql"
	"github.com/tallystream/tallystream/emulator/bigquery/function"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// patterns are LIKE, and LIKE with several patterns
// (https://cloud.google.com/bigquery/docs/reference/standard-sql/operators#like_operator_quantified).
var patterns = function.Group{
	Scalars: map[string]function.Scalar{
		"$like":               like,
		"$like_any":           anyOf(" OR ", ""),
		"$like_all":           anyOf(" AND ", ""),
		"$not_like_any":       anyOf(" OR ", "NOT "),
		"$not_like_all":       anyOf(" AND ", "NOT "),
		"$like_any_array":     anyElement("", ""),
		"$like_all_array":     anyElement("NOT ", "NOT "),
		"$not_like_any_array": anyElement("", "NOT "),
		"$not_like_all_array": anyElement("NOT ", ""),
	},
	Exact: []string{"$like"},
	Natives: []function.Native{
		{Name: "bq_bytes_like", Args: function.Types{function.Blob, function.Blob}, Result: function.Boolean, Call: func(a []driver.Value) (any, error) {
			return bytesLike(a[0].([]byte), a[1].([]byte))
		}},
	},
}

// like uses the backslash as BigQuery does.
func like(c *function.Call) string {
	return likePattern(c, 1)
}

// likePattern is whether the first argument is like the i-th.
func likePattern(c *function.Call, i int) string {
	if c.Types[0].Kind == types.Bytes {
		return Like(c.Args[0], c.Args[i], c.Types[0])
	}
	if c.Types[0].Collation != "" {
		return Like(Folded(c.Args[0], c.Types[0]), Folded(c.Args[i], c.Types[0]), c.Types[0])
	}
	return "(" + c.Args[0] + " LIKE " + pattern(c, i) + ")"
}

// Like is whether a value of a type is like a pattern.
func Like(x, pattern string, t *types.Type) string {
	if t.Kind == types.Bytes {
		return "bq_bytes_like(" + x + ", " + pattern + ")"
	}
	return "(" + x + " LIKE " + pattern + ` ESCAPE '\')`
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

// anyOf joins what the first argument is to each other one.
func anyOf(operator, not string) function.Scalar {
	return func(c *function.Call) string {
		parts := make([]string, len(c.Args)-1)
		for i := range parts {
			parts[i] = not + likePattern(c, i+1)
		}
		return "(" + strings.Join(parts, operator) + ")"
	}
}

// anyElement is whether the first argument is like an element of the second. All are like
// it where none isn't.
func anyElement(none, not string) function.Scalar {
	return func(c *function.Call) string {
		e := c.Fresh("e")
		return fmt.Sprintf("(%sbq_any(list_transform(%s, lambda %s: %s%s)))", none, c.Args[1], e, not, Like(c.Args[0], e, c.Types[0]))
	}
}
