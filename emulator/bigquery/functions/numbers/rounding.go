package numbers

import (
	"database/sql/driver"
	"math"
	"math/big"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/function"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// rounding are functions that round, half away from zero.
var rounding = function.Group{
	Scalars: map[string]function.Scalar{
		"round": round,
		"trunc": truncate,
		"ceil":  function.SQL("ceil($1)"),
		"floor": function.SQL("floor($1)"),
	},
	Natives: []function.Native{
		{Name: "bq_decimal_round", Args: function.Types{function.Text, function.Integer}, Result: function.Text, Call: func(a []driver.Value) (any, error) {
			return scaleDecimal(a[0].(string), a[1].(int64), false)
		}},
		{Name: "bq_decimal_trunc", Args: function.Types{function.Text, function.Integer}, Result: function.Text, Call: func(a []driver.Value) (any, error) {
			return scaleDecimal(a[0].(string), a[1].(int64), true)
		}},
		{Name: "bq_round", Args: function.Types{function.Double, function.Integer}, Result: function.Double, Call: func(a []driver.Value) (any, error) {
			return roundFloat(a[0].(float64), a[1].(int64), math.Round), nil
		}},
		{Name: "bq_trunc", Args: function.Types{function.Double, function.Integer}, Result: function.Double, Call: func(a []driver.Value) (any, error) {
			return roundFloat(a[0].(float64), a[1].(int64), math.Trunc), nil
		}},
	},
	Macros: []string{
		`bq_round_numeric(x, n) AS CAST(bq_decimal_round(CAST(x AS VARCHAR), CAST(n AS BIGINT)) AS DECIMAL(38,9))`,
		`bq_trunc_numeric(x, n) AS CAST(bq_decimal_trunc(CAST(x AS VARCHAR), CAST(n AS BIGINT)) AS DECIMAL(38,9))`,
	},
}

// round rounds half away from zero.
func round(c *function.Call) string {
	if len(c.Args) > 2 {
		bqerror.Refuse("ROUND with a rounding mode")
	}
	if c.Type.Kind == types.Float64 {
		return c.Fill("bq_round(") + c.Args[0] + ", " + c.Arg(1, "0") + ")"
	}
	return "bq_round_numeric(" + c.Args[0] + ", " + c.Arg(1, "0") + ")"
}

func truncate(c *function.Call) string {
	if c.Type.Kind == types.Float64 {
		return "bq_trunc(" + c.Args[0] + ", " + c.Arg(1, "0") + ")"
	}
	return "bq_trunc_numeric(" + c.Args[0] + ", " + c.Arg(1, "0") + ")"
}

// scaleDecimal rounds or truncates to n digits after the point; n may be negative.
func scaleDecimal(s string, n int64, truncate bool) (any, error) {
	r, ok := new(big.Rat).SetString(s)
	if !ok {
		return nil, function.Errorf("Invalid NUMERIC value: %s", s)
	}
	if n >= 9 {
		return s, nil
	}
	if n < -38 {
		return "0", nil
	}
	power := new(big.Int).Exp(big.NewInt(10), big.NewInt(max(n, -n)), nil)
	factor := new(big.Rat).SetInt(power)
	if n < 0 {
		factor.Inv(factor)
	}
	r.Mul(r, factor)
	var whole *big.Int
	if truncate {
		whole = new(big.Int).Quo(r.Num(), r.Denom())
	} else {
		whole, _ = new(big.Int).SetString(r.FloatString(0), 10)
	}
	return inRange(new(big.Rat).Quo(new(big.Rat).SetInt(whole), factor).FloatString(9))
}

// roundFloat rounds to n digits after the point. It works on the decimal
// notation of the number where the plain product would misplace a half.
func roundFloat(x float64, n int64, f func(float64) float64) float64 {
	if math.IsNaN(x) || math.IsInf(x, 0) || n > 300 {
		return x
	}
	if n == 0 {
		return f(x)
	}
	if n < -308 {
		return 0
	}
	power := math.Pow(10, float64(max(n, -n)))
	if n < 0 {
		return f(x/power) * power
	}
	scaled := x * power
	if math.IsInf(scaled, 0) {
		return x
	}
	return f(scaled) / power
}
