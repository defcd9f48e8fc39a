package numbers

import (
	"database/sql/driver"
	"math/big"
	"strings"

	"github.com/tallystream/tallystream/emulator/bigquery/function"
)

// parse are functions that read decimal numbers.
var parse = function.Group{
	Scalars: map[string]function.Scalar{
		"parse_numeric":    function.SQL("CAST(bq_string_to_numeric(bq_lenient_number($1)) AS DECIMAL(38,9))"),
		"parse_bignumeric": function.SQL("bq_text_big(bq_lenient_number($1))"),
	},
	Natives: []function.Native{
		{Name: "bq_string_to_numeric", Safe: true, Args: function.Types{function.Text}, Result: function.Text, Call: func(a []driver.Value) (any, error) {
			return parseDecimal(a[0].(string), 9, "NUMERIC")
		}},
		{Name: "bq_lenient_number", Args: function.Types{function.Text}, Result: function.Text, Call: func(a []driver.Value) (any, error) {
			return lenient(a[0].(string)), nil
		}},
	},
}

// lenient takes out what PARSE_NUMERIC allows and CAST doesn't: commas before the point, spaces
// beside the sign, and a sign at the end
// (https://cloud.google.com/bigquery/docs/reference/standard-sql/conversion_functions#parse_numeric).
func lenient(s string) string {
	t := strings.TrimSpace(s)
	whole := len(t)
	if end := strings.IndexAny(t, ".eE"); end >= 0 {
		whole = end
	}
	if strings.ContainsAny(t[:whole], "0123456789") {
		t = strings.ReplaceAll(t[:whole], ",", "") + t[whole:]
	}
	sign := ""
	switch {
	case strings.HasPrefix(t, "-"), strings.HasPrefix(t, "+"):
		sign, t = t[:1], t[1:]
	case strings.HasSuffix(t, "-"), strings.HasSuffix(t, "+"):
		sign, t = t[len(t)-1:], t[:len(t)-1]
	}
	return sign + strings.TrimSpace(t)
}

func parseDecimal(s string, scale int, typ string) (any, error) {
	t := strings.TrimSpace(s)
	r, ok := new(big.Rat).SetString(t)
	if !ok || strings.ContainsAny(t, "/_xXpPbBoO") {
		return nil, function.Errorf("Invalid %s value: %s", typ, s)
	}
	out := r.FloatString(scale)
	whole, _, _ := strings.Cut(strings.TrimPrefix(out, "-"), ".")
	if len(whole) > 38-scale {
		return nil, function.Errorf("Invalid %s value: %s", typ, s)
	}
	return out, nil
}
