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
		"parse_numeric":    function.SQL("CAST(bq_string_to_numeric($1) AS DECIMAL(38,9))"),
		"parse_bignumeric": function.SQL("CAST(bq_string_to_bignumeric($1) AS DECIMAL(38,18))"),
	},
	Natives: []function.Native{
		{Name: "bq_string_to_numeric", Args: function.Types{function.Text}, Result: function.Text, Call: func(a []driver.Value) (any, error) {
			return parseDecimal(a[0].(string), 9, "NUMERIC")
		}},
		{Name: "bq_string_to_bignumeric", Args: function.Types{function.Text}, Result: function.Text, Call: func(a []driver.Value) (any, error) {
			return parseDecimal(a[0].(string), 18, "BIGNUMERIC")
		}},
	},
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
