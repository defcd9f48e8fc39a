package text

import (
	"database/sql/driver"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/cases"
	"golang.org/x/text/language"

	"github.com/tallystream/tallystream/emulator/bigquery/function"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// letters are functions that change the case of letters.
var letters = function.Group{
	Scalars: map[string]function.Scalar{
		"lower":   letterCase("lower"),
		"upper":   letterCase("upper"),
		"initcap": function.ByCount(map[int]string{1: "bq_initcap($1, ' \t\n\v\f\r[](){}/|<>!?@\"^#$&~_,.:;*%+-')", 2: "bq_initcap($1, $2)"}),
	},
	Natives: []function.Native{
		{Name: "bq_lower", Args: function.Types{function.Text}, Result: function.Text, Call: func(a []driver.Value) (any, error) {
			return cases.Lower(language.Und).String(a[0].(string)), nil
		}},
		{Name: "bq_upper", Args: function.Types{function.Text}, Result: function.Text, Call: func(a []driver.Value) (any, error) {
			return cases.Upper(language.Und).String(a[0].(string)), nil
		}},
		{Name: "bq_bytes_lower", Args: function.Types{function.Blob}, Result: function.Blob, Call: func(a []driver.Value) (any, error) {
			return asciiCase(a[0].([]byte), 'A', 'Z'), nil
		}},
		{Name: "bq_bytes_upper", Args: function.Types{function.Blob}, Result: function.Blob, Call: func(a []driver.Value) (any, error) {
			return asciiCase(a[0].([]byte), 'a', 'z'), nil
		}},
		{Name: "bq_initcap", Args: function.Types{function.Text, function.Text}, Result: function.Text, Call: func(a []driver.Value) (any, error) {
			var b strings.Builder
			start := true
			for _, r := range a[0].(string) {
				switch {
				case strings.ContainsRune(a[1].(string), r):
					start = true
					b.WriteRune(r)
				case start:
					start = false
					b.WriteRune(unicode.ToUpper(r))
				default:
					b.WriteRune(unicode.ToLower(r))
				}
			}
			return b.String(), nil
		}},
	},
}

// letterCase is LOWER or UPPER. A letter may become several ("ß" is "SS"), which DuckDB has
// for no letter; a text of ASCII is its matter. Of BYTES only the letters of ASCII change.
func letterCase(name string) function.Scalar {
	return func(c *function.Call) string {
		if c.Types[0].Kind == types.Bytes {
			return c.Fill("bq_bytes_" + name + "($1)")
		}
		return c.Once(function.SQL("CASE WHEN strlen($1) = length($1) THEN " + name + "($1) ELSE bq_" + name + "($1) END"))
	}
}

// asciiCase changes the case of the letters between two.
func asciiCase(b []byte, first, last byte) []byte {
	out := slices.Clone(b)
	for i, c := range out {
		if c >= first && c <= last {
			out[i] = c ^ 0x20
		}
	}
	return out
}
