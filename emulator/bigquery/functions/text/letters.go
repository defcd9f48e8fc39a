package text

import (
	"database/sql/driver"
	"strings"
	"unicode"

	"github.com/tallystream/tallystream/emulator/bigquery/function"
)

// letters are functions that change the case of letters.
var letters = function.Group{
	Scalars: map[string]function.Scalar{
		"lower":   function.TextOnly(function.SQL("lower($1)")),
		"upper":   function.TextOnly(function.SQL("upper($1)")),
		"initcap": function.ByCount(map[int]string{1: "bq_initcap($1, ' \t\n\v\f\r[](){}/|<>!?@\"^#$&~_,.:;*%+-')", 2: "bq_initcap($1, $2)"}),
	},
	Natives: []function.Native{
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
