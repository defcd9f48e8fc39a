package text

import (
	"bytes"
	"database/sql/driver"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"

	"github.com/tallystream/tallystream/emulator/bigquery/function"
	"github.com/tallystream/tallystream/emulator/bigquery/functions/operators"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// search are functions that find and replace a text.
var search = function.Group{
	Scalars: map[string]function.Scalar{
		"strpos": function.ByKind("strpos($1, $2)", "bq_bytes_strpos($1, $2)"),
		"instr": func(c *function.Call) string {
			return c.Fill(byKind(c, "bq_instr", "bq_bytes_instr") + "($1, $2, " + c.Arg(2, "1") + ", " + c.Arg(3, "1") + ")")
		},
		"starts_with":     folded(function.ByKind("starts_with($1, $2)", "bq_bytes_starts($1, $2)")),
		"ends_with":       folded(function.ByKind("ends_with($1, $2)", "bq_bytes_ends($1, $2)")),
		"contains_substr": containsSubstr,
		"replace":         function.ByKind("CASE WHEN $2 = '' AND $3 IS NOT NULL THEN $1 ELSE replace($1, $2, $3) END", "bq_bytes_replace($1, $2, $3)"),
		"translate":       function.ByKind("bq_translate($1, $2, $3)", "bq_bytes_translate($1, $2, $3)"),
	},
	Signatures: map[string]function.Signature{
		"contains_substr": {Result: "BOOL", Args: []string{"ANY1", "STRING"}},
	},
	Natives: append(both(
		function.Native{Name: "bq_instr", Args: append(function.Types{function.Text, function.Text}, integers(2)...), Result: function.Integer, Call: func(a []driver.Value) (any, error) {
			return instr([]rune(a[0].(string)), []rune(a[1].(string)), a[2].(int64), a[3].(int64))
		}},
		function.Native{Name: "bq_translate", Args: function.Types{function.Text, function.Text, function.Text}, Result: function.Text, Call: func(a []driver.Value) (any, error) {
			return translate(a[0].(string), []rune(a[1].(string)), []rune(a[2].(string)))
		}},
	), []function.Native{
		{Name: "bq_contains_substr", Args: function.Types{function.Text, function.Text}, Result: function.Boolean, Call: func(a []driver.Value) (any, error) {
			if a[1].(string) == "" {
				return nil, function.Errorf("CONTAINS_SUBSTR: the search value can't be empty")
			}
			fold := func(s string) string { return norm.NFKC.String(cases.Fold().String(norm.NFKC.String(s))) }
			return strings.Contains(fold(a[0].(string)), fold(a[1].(string))), nil
		}},
		{Name: "bq_bytes_replace", Args: function.Types{function.Blob, function.Blob, function.Blob}, Result: function.Blob, Call: func(a []driver.Value) (any, error) {
			if len(a[1].([]byte)) == 0 {
				return a[0], nil
			}
			return bytes.ReplaceAll(a[0].([]byte), a[1].([]byte), a[2].([]byte)), nil
		}},
		{Name: "bq_bytes_strpos", Args: function.Types{function.Blob, function.Blob}, Result: function.Integer, Call: func(a []driver.Value) (any, error) {
			return int64(bytes.Index(a[0].([]byte), a[1].([]byte)) + 1), nil
		}},
		{Name: "bq_bytes_starts", Args: function.Types{function.Blob, function.Blob}, Result: function.Boolean, Call: func(a []driver.Value) (any, error) {
			return bytes.HasPrefix(a[0].([]byte), a[1].([]byte)), nil
		}},
		{Name: "bq_bytes_ends", Args: function.Types{function.Blob, function.Blob}, Result: function.Boolean, Call: func(a []driver.Value) (any, error) {
			return bytes.HasSuffix(a[0].([]byte), a[1].([]byte)), nil
		}},
	}...),
}

// folded translates a call of texts without their case, if their collation has none.
func folded(f function.Scalar) function.Scalar {
	return func(c *function.Call) string {
		if c.Types[0].Collation == "" {
			return f(c)
		}
		own := *c
		own.Args = []string{operators.Folded(c.Args[0], c.Types[0]), operators.Folded(c.Args[1], c.Types[0])}
		return f(&own)
	}
}

// byKind chooses the name of a function by whether the first argument is STRING or BYTES.
func byKind(c *function.Call, text, bytes string) string {
	if c.Types[0].Kind == types.Bytes {
		return bytes
	}
	return text
}

func containsSubstr(c *function.Call) string {
	if c.Types[0].Kind != types.String {
		return fmt.Sprintf("bq_contains_substr(CAST(to_json(%s) AS VARCHAR), %s)", c.Args[0], c.Args[1])
	}
	return c.Fill("bq_contains_substr($1, $2)")
}

// instr finds the n-th occurrence from a position on; a negative position counts from the end and searches backwards. An
// empty text occurs before each character and at the end. The result counts from 1.
func instr(s, sub []rune, position, n int64) (any, error) {
	if position == 0 || n < 1 {
		return nil, function.Errorf("INSTR: position must not be 0, and occurrence must be positive")
	}
	i, step := position-1, int64(1)
	if position < 0 {
		i, step = int64(len(s))+position, -1
		if len(sub) == 0 {
			i++
		}
	}
	for last := int64(len(s) - len(sub)); i >= 0 && (i <= last || step < 0); i += step {
		if i <= last && slices.Equal(s[i:i+int64(len(sub))], sub) {
			if n--; n == 0 {
				return i + 1, nil
			}
		}
	}
	return int64(0), nil
}

func translate(s string, from, to []rune) (any, error) {
	index := map[rune]int{}
	for i, r := range from {
		if _, twice := index[r]; twice {
			return nil, function.Errorf("Duplicate character in TRANSLATE source characters")
		}
		index[r] = i
	}
	var b strings.Builder
	for _, r := range s {
		i, found := index[r]
		switch {
		case !found:
			b.WriteRune(r)
		case i < len(to):
			b.WriteRune(to[i])
		}
	}
	return b.String(), nil
}
