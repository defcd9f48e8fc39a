package numbers

import (
	"database/sql/driver"
	"fmt"
	"math"
	"math/big"

	"github.com/tallystream/tallystream/emulator/bigquery/ducksql"
	"github.com/tallystream/tallystream/emulator/bigquery/function"
	"github.com/tallystream/tallystream/emulator/bigquery/functions/cast"
	"github.com/tallystream/tallystream/emulator/bigquery/numeric"
	"github.com/tallystream/tallystream/emulator/bigquery/resolved"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// rounding are functions that round, half away from zero.
var rounding = function.Group{
	Scalars: map[string]function.Scalar{
		"round": round,
		"trunc": truncate,
		"ceil":  toWhole("ceil"),
		"floor": toWhole("floor"),
	},
	Natives: []function.Native{
		{Name: "bq_decimal_mode", Args: function.Types{function.Text, function.Integer, function.Text}, Result: function.Text, Call: func(a []driver.Value) (any, error) {
			return scaleDecimal(a[0].(string), a[1].(int64), a[2].(string))
		}},
		{Name: "bq_round", Args: function.Types{function.Double, function.Integer}, Result: function.Double, Call: func(a []driver.Value) (any, error) {
			x := roundFloat(a[0].(float64), a[1].(int64), math.Round, "")
			if math.IsInf(x, 0) && !math.IsInf(a[0].(float64), 0) {
				return nil, function.Errorf("Floating point overflow in function: ROUND(%s, %d)", cast.FormatFloat(a[0].(float64)), a[1])
			}
			return x, nil
		}},
		{Name: "bq_trunc", Args: function.Types{function.Double, function.Integer}, Result: function.Double, Call: func(a []driver.Value) (any, error) {
			return roundFloat(a[0].(float64), a[1].(int64), math.Trunc, "trunc"), nil
		}},
	},
	Kernels: []function.Kernel{
		{Name: "bq_numeric_round", Args: function.Types{function.Decimal, function.Integer}, Result: function.Decimal, Code: numeric.Round},
		{Name: "bq_numeric_trunc", Args: function.Types{function.Decimal, function.Integer}, Result: function.Decimal, Code: numeric.Truncate},
	},
}

// round rounds half away from zero.
func round(c *function.Call) string {
	if isBig(c) {
		return "bq_big_round(" + ducksql.String(c.Arg(2, "")) + ", " + c.Args[0] + ", CAST(" + c.Arg(1, "0") + " AS BIGINT))"
	}
	if len(c.Args) > 2 {
		return c.Fill("CAST(bq_decimal_mode(CAST($1 AS VARCHAR), CAST($2 AS BIGINT), '$3') AS DECIMAL(38,9))")
	}
	if c.Type.Kind == types.Float64 {
		return roundingFloat(c, "round")
	}
	return "bq_numeric_round(" + c.Args[0] + ", " + c.Arg(1, "0") + ")"
}

// roundingFloat is ROUND or TRUNC of a FLOAT64. DuckDB computes what roundFloat does where the number of digits is known,
// their power of ten is exact, and the product is finite.
func roundingFloat(c *function.Call, name string) string {
	digits := int64(0)
	if len(c.Args) > 1 {
		l, ok := c.Nodes[1].(*resolved.Literal)
		if ok {
			digits, ok = l.Value.(int64)
		}
		if !ok || digits < 0 || digits > 15 {
			return c.Fill("bq_" + name + "($1, $2)")
		}
	}
	if digits == 0 {
		return c.Fill(name + "($1)")
	}
	return c.Once(func(c *function.Call) string {
		return c.Fill(fmt.Sprintf("CASE WHEN abs($1) < 1e280 THEN %[1]s($1 * 1e%[2]d) / 1e%[2]d ELSE bq_%[1]s($1, %[2]d) END", name, digits))
	})
}

// toWhole is CEIL or FLOOR.
func toWhole(name string) function.Scalar {
	return func(c *function.Call) string {
		if isBig(c) {
			return c.Fill("bq_big_round('" + name + "', $1, 0)")
		}
		return c.Fill(name + "($1)")
	}
}

func truncate(c *function.Call) string {
	if isBig(c) {
		return "bq_big_round('trunc', " + c.Args[0] + ", CAST(" + c.Arg(1, "0") + " AS BIGINT))"
	}
	if c.Type.Kind == types.Float64 {
		return roundingFloat(c, "trunc")
	}
	return "bq_numeric_trunc(" + c.Args[0] + ", " + c.Arg(1, "0") + ")"
}

// scaleDecimal rounds a NUMERIC to n digits after the point; n may be negative.
func scaleDecimal(s string, n int64, mode string) (any, error) {
	r, ok := new(big.Rat).SetString(s)
	if !ok {
		return nil, function.Errorf("Invalid NUMERIC value: %s", s)
	}
	if n >= 9 {
		return s, nil
	}
	out, err := rounded(r, n, mode)
	if err != nil {
		return nil, err
	}
	return inRange(out.FloatString(9))
}

// rounded rounds to n digits after the point: half away from zero, or as the mode says.
func rounded(r *big.Rat, n int64, mode string) (*big.Rat, error) {
	n = min(max(n, -80), 80)
	factor := new(big.Rat).SetInt(new(big.Int).Exp(big.NewInt(10), big.NewInt(max(n, -n)), nil))
	if n < 0 {
		factor.Inv(factor)
	}
	scaled := new(big.Rat).Mul(r, factor)
	whole, err := wholeOf(scaled, mode)
	if err != nil {
		return nil, err
	}
	return new(big.Rat).Quo(new(big.Rat).SetInt(whole), factor), nil
}

// wholeOf is the whole number that a mode makes of another.
func wholeOf(r *big.Rat, mode string) (*big.Int, error) {
	down := new(big.Int).Quo(r.Num(), r.Denom()) // towards zero
	rest := new(big.Rat).Sub(r, new(big.Rat).SetInt(down))
	away := false
	switch mode {
	case "", "ROUND_HALF_AWAY_FROM_ZERO":
		away = new(big.Rat).Abs(rest).Cmp(big.NewRat(1, 2)) >= 0
	case "ROUND_HALF_EVEN":
		half := new(big.Rat).Abs(rest).Cmp(big.NewRat(1, 2))
		away = half > 0 || half == 0 && down.Bit(0) == 1
	case "trunc":
	case "ceil":
		away = rest.Sign() > 0
	case "floor":
		away = rest.Sign() < 0
	default:
		return nil, function.Errorf("Invalid rounding mode: %s", mode)
	}
	if away {
		down.Add(down, big.NewInt(int64(rest.Sign())))
	}
	return down, nil
}

// roundFloat rounds to n digits after the point. It works on the decimal
// notation of the number where the plain product would misplace a half.
func roundFloat(x float64, n int64, f func(float64) float64, mode string) float64 {
	if math.IsNaN(x) || math.IsInf(x, 0) || n > 340 { // finer than any digit
		return x
	}
	if n > 300 { // whose power isn't a number
		power := new(big.Rat).SetInt(new(big.Int).Exp(big.NewInt(10), big.NewInt(n), nil))
		r := new(big.Rat).SetFloat64(x)
		whole, _ := wholeOf(r.Mul(r, power), mode) // of known modes
		rounded, _ := r.SetInt(whole).Quo(r, power).Float64()
		return rounded
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
