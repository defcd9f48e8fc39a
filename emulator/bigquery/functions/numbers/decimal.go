package numbers

import (
	"database/sql/driver"
	"math"
	"math/big"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/ducksql"
	"github.com/tallystream/tallystream/emulator/bigquery/function"
	"github.com/tallystream/tallystream/emulator/bigquery/functions/cast"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// decimalFunctions are elementary functions of NUMERIC: exact, or refused where a FLOAT64 has too few
// digits for the result.
var decimalFunctions = function.Group{
	Natives: []function.Native{
		{Name: "bq_decimal_float", Args: function.Types{function.Double, function.Text}, Result: function.Text, Call: func(a []driver.Value) (any, error) {
			return nearly(a[0].(float64), a[1].(string))
		}},
		{Name: "bq_decimal_pow", Args: function.Types{function.Text, function.Text}, Result: function.Text, Call: func(a []driver.Value) (any, error) {
			return decimalPower(a[0].(string), a[1].(string))
		}},
	},
}

// floatDigits bounds what a FLOAT64 holds with nine digits after the point.
const floatDigits = 1_000_000

// nearly is a NUMERIC that a FLOAT64 is near enough to.
func nearly(f float64, name string) (any, error) {
	if math.Abs(f) >= floatDigits || math.IsNaN(f) {
		return nil, function.Errorf("%s of NUMERIC whose result is not between -1000000 and 1000000 is not supported by this emulator", name)
	}
	return new(big.Rat).SetFloat64(f).FloatString(9), nil
}

// maxExponent bounds the exponents that are computed exactly.
const maxExponent = 10_000

func decimalPower(x, y string) (any, error) {
	base, _ := new(big.Rat).SetString(x) // of a DECIMAL
	exponent, _ := new(big.Rat).SetString(y)
	whole := exponent.IsInt() && exponent.Num().IsInt64()
	if base.Sign() == 0 && exponent.Sign() < 0 || base.Sign() < 0 && !exponent.IsInt() {
		return nil, function.Errorf("Floating point error in function: POW(%s, %s)", cast.TrimDecimal(x), cast.TrimDecimal(y))
	}
	if !whole || exponent.Num().Int64() > maxExponent || exponent.Num().Int64() < -maxExponent {
		b, _ := base.Float64()
		e, _ := exponent.Float64()
		return nearly(math.Pow(b, e), "POW")
	}
	n := exponent.Num().Int64()
	power := big.NewInt(max(n, -n))
	r := new(big.Rat).SetFrac(new(big.Int).Exp(base.Num(), power, nil), new(big.Int).Exp(base.Denom(), power, nil))
	if n < 0 {
		r.Inv(r)
	}
	return inRange(r.FloatString(9))
}

// inexact is a function on FLOAT64 that there is of decimal types too. Of BIGNUMERIC it is
// refused.
func inexact(f function.Scalar) function.Scalar {
	return func(c *function.Call) string {
		switch c.Type.Kind {
		case types.BigNumeric:
			bqerror.Refuse("%s of BIGNUMERIC", c.Display())
		case types.Numeric:
			return "CAST(bq_decimal_float(CAST(" + f(c) + " AS DOUBLE), " + ducksql.String(c.Display()) + ") AS DECIMAL(38,9))"
		}
		return f(c)
	}
}

// powerOf is exact for NUMERIC with whole exponents.
func powerOf(c *function.Call) string {
	if c.Type.Kind == types.Numeric {
		return c.Fill("CAST(bq_decimal_pow(CAST(CAST($1 AS DECIMAL(38,9)) AS VARCHAR), CAST(CAST($2 AS DECIMAL(38,9)) AS VARCHAR)) AS DECIMAL(38,9))")
	}
	return inexact(power)(c)
}
