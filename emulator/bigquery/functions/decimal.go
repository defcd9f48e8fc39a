package functions

import (
	"database/sql/driver"
	"math"
	"math/big"
	"math/bits"
	"strings"

	"github.com/duckdb/duckdb-go/v2"
)

// decimalFunctions compute on NUMERIC as text, exactly and with BigQuery's
// rounding: half away from zero, 9 digits after the point.
var decimalFunctions = []scalar{
	{name: "bq_decimal_mul", args: []duckdb.Type{text, text}, result: text, call: decimal(func(a, b *big.Rat) (*big.Rat, error) {
		return new(big.Rat).Mul(a, b), nil
	})},
	{name: "bq_decimal_div", args: []duckdb.Type{text, text}, result: text, call: decimal(func(a, b *big.Rat) (*big.Rat, error) {
		if b.Sign() == 0 {
			return nil, errorf("division by zero: %s / 0", trimDecimal(a.FloatString(9)))
		}
		return new(big.Rat).Quo(a, b), nil
	})},
	{name: "bq_decimal_round", args: []duckdb.Type{text, integer}, result: text, call: func(a []driver.Value) (any, error) {
		return scaleDecimal(a[0].(string), a[1].(int64), false)
	}},
	{name: "bq_decimal_trunc", args: []duckdb.Type{text, integer}, result: text, call: func(a []driver.Value) (any, error) {
		return scaleDecimal(a[0].(string), a[1].(int64), true)
	}},
	{name: "bq_string_to_numeric", args: []duckdb.Type{text}, result: text, call: func(a []driver.Value) (any, error) {
		return parseDecimal(a[0].(string), 9, "NUMERIC")
	}},
	{name: "bq_string_to_bignumeric", args: []duckdb.Type{text}, result: text, call: func(a []driver.Value) (any, error) {
		return parseDecimal(a[0].(string), 18, "BIGNUMERIC")
	}},
	{name: "bq_round", args: []duckdb.Type{double, integer}, result: double, call: func(a []driver.Value) (any, error) {
		return roundFloat(a[0].(float64), a[1].(int64), math.Round), nil
	}},
	{name: "bq_trunc", args: []duckdb.Type{double, integer}, result: double, call: func(a []driver.Value) (any, error) {
		return roundFloat(a[0].(float64), a[1].(int64), math.Trunc), nil
	}},
	{name: "bq_cbrt", args: []duckdb.Type{double}, result: double, call: func(a []driver.Value) (any, error) {
		return math.Cbrt(a[0].(float64)), nil
	}},
	{name: "bq_shift", args: []duckdb.Type{integer, integer}, result: integer, call: func(a []driver.Value) (any, error) {
		x, n := uint64(a[0].(int64)), a[1].(int64)
		if n < 0 {
			return int64(x >> uint(-n)), nil
		}
		return int64(x << uint(n)), nil
	}},
	{name: "bq_bit_count_bytes", args: []duckdb.Type{blob}, result: integer, call: func(a []driver.Value) (any, error) {
		n := 0
		for _, b := range a[0].([]byte) {
			n += bits.OnesCount8(b)
		}
		return int64(n), nil
	}},
}

func decimal(f func(a, b *big.Rat) (*big.Rat, error)) func([]driver.Value) (any, error) {
	return func(args []driver.Value) (any, error) {
		a, ok := new(big.Rat).SetString(args[0].(string))
		b, ok2 := new(big.Rat).SetString(args[1].(string))
		if !ok || !ok2 {
			return nil, errorf("Invalid NUMERIC value: %s, %s", args[0], args[1])
		}
		r, err := f(a, b)
		if err != nil {
			return nil, err
		}
		return inRange(r.FloatString(9))
	}
}

// inRange checks that a NUMERIC has at most 29 digits before the point.
func inRange(s string) (any, error) {
	whole, _, _ := strings.Cut(strings.TrimPrefix(s, "-"), ".")
	if len(whole) > 29 {
		return nil, errorf("numeric overflow")
	}
	return s, nil
}

func parseDecimal(s string, scale int, typ string) (any, error) {
	t := strings.TrimSpace(s)
	r, ok := new(big.Rat).SetString(t)
	if !ok || strings.ContainsAny(t, "/_xXpPbBoO") {
		return nil, errorf("Invalid %s value: %s", typ, s)
	}
	out := r.FloatString(scale)
	whole, _, _ := strings.Cut(strings.TrimPrefix(out, "-"), ".")
	if len(whole) > 38-scale {
		return nil, errorf("Invalid %s value: %s", typ, s)
	}
	return out, nil
}

// scaleDecimal rounds or truncates to n digits after the point; n may be negative.
func scaleDecimal(s string, n int64, truncate bool) (any, error) {
	r, ok := new(big.Rat).SetString(s)
	if !ok {
		return nil, errorf("Invalid NUMERIC value: %s", s)
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
