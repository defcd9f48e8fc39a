package numbers

import (
	"database/sql/driver"
	"math"
	"math/big"
	"strings"

	"github.com/tallystream/tallystream/emulator/bigquery/function"
	"github.com/tallystream/tallystream/emulator/bigquery/functions/cast"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// big76 are the functions in Go on BIGNUMERIC, which is 32 bytes in DuckDB: see types.BigBytes.
var big76 = function.Group{
	Natives: []function.Native{
		{Name: "bq_big_text", Args: function.Types{function.Blob}, Result: function.Text, Call: func(a []driver.Value) (any, error) {
			return types.BigText(a[0].([]byte)), nil
		}},
		{Name: "bq_text_big", Args: function.Types{function.Text}, Result: function.Blob, Call: func(a []driver.Value) (any, error) {
			b, err := types.BigBytes(strings.TrimSpace(a[0].(string)))
			if err != nil {
				return nil, function.Errorf("Invalid BIGNUMERIC value: %s", a[0])
			}
			return b, nil
		}},
		{Name: "bq_big_double", Args: function.Types{function.Blob}, Result: function.Double, Call: func(a []driver.Value) (any, error) {
			f, _ := types.BigRat(a[0].([]byte)).Float64()
			return f, nil
		}},
		{Name: "bq_double_big", Args: function.Types{function.Double}, Result: function.Blob, Call: func(a []driver.Value) (any, error) {
			r, err := finite(a[0].(float64), "bignumeric")
			if err != nil {
				return nil, err
			}
			return bounded(r)
		}},
		{Name: "bq_double_numeric", Args: function.Types{function.Double}, Result: function.Text, Call: func(a []driver.Value) (any, error) {
			r, err := finite(a[0].(float64), "numeric")
			if err != nil {
				return nil, err
			}
			return inRange(r.FloatString(9))
		}},
		{Name: "bq_big_int", Args: function.Types{function.Blob}, Result: function.Integer, Call: func(a []driver.Value) (any, error) {
			n, _ := new(big.Int).SetString(types.BigRat(a[0].([]byte)).FloatString(0), 10)
			if !n.IsInt64() {
				return nil, function.Errorf("int64 overflow: %s", types.BigText(a[0].([]byte)))
			}
			return n.Int64(), nil
		}},
		{Name: "bq_big_calc", Args: function.Types{function.Text, function.Blob, function.Blob}, Result: function.Blob, Call: func(a []driver.Value) (any, error) {
			return calculate(a[0].(string), types.BigRat(a[1].([]byte)), types.BigRat(a[2].([]byte)))
		}},
		{Name: "bq_big_round", Args: function.Types{function.Text, function.Blob, function.Integer}, Result: function.Blob, Call: func(a []driver.Value) (any, error) {
			r, err := rounded(types.BigRat(a[1].([]byte)), a[2].(int64), a[0].(string))
			if err != nil {
				return nil, err
			}
			return bounded(r)
		}},
		{Name: "bq_big_sqrt", Args: function.Types{function.Blob}, Result: function.Blob, Call: func(a []driver.Value) (any, error) {
			return bounded(squareRoot(types.BigRat(a[0].([]byte))))
		}},
		{Name: "bq_decimal_sqrt", Args: function.Types{function.Text}, Result: function.Text, Call: func(a []driver.Value) (any, error) {
			r, _ := new(big.Rat).SetString(a[0].(string)) // of a DECIMAL
			return squareRoot(r).FloatString(9), nil
		}},
		{Name: "bq_big_limb", Args: function.Types{function.Blob, function.Integer}, Result: function.Integer, Call: func(a []driver.Value) (any, error) {
			return limb(a[0].([]byte), int(a[1].(int64))), nil
		}},
		{Name: "bq_big_total", Args: function.Types{function.Text, function.Integer}, Result: function.Blob, Call: func(a []driver.Value) (any, error) {
			return total(a[0].(string), a[1].(int64))
		}},
	},
}

// isBig reports whether a call is of BIGNUMERIC.
func isBig(c *function.Call) bool { return len(c.Types) > 0 && c.Types[0].Kind == types.BigNumeric }

// bounded is a number as DuckDB holds it.
func bounded(r *big.Rat) (any, error) {
	b, err := types.BigOf(r)
	if err != nil {
		return nil, function.Message(err.Error())
	}
	return b, nil
}

// finite is the exact value of a FLOAT64.
func finite(f float64, name string) (*big.Rat, error) {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return nil, function.Errorf("Illegal conversion of non-finite floating point number to %s: %s", name, cast.FormatFloat(f))
	}
	return new(big.Rat).SetFloat64(f), nil
}

// calculate is an operator on two numbers.
func calculate(op string, a, b *big.Rat) (any, error) {
	r := new(big.Rat)
	switch op {
	case "+":
		r.Add(a, b)
	case "-":
		r.Sub(a, b)
	case "*":
		r.Mul(a, b)
	default:
		if b.Sign() == 0 {
			return nil, function.Errorf("division by zero: %s / 0", cast.TrimDecimal(a.FloatString(38)))
		}
		r.Quo(a, b)
		if op != "/" { // DIV and MOD truncate
			whole := new(big.Rat).SetInt(new(big.Int).Quo(r.Num(), r.Denom()))
			if op == "MOD" {
				whole.Sub(a, whole.Mul(whole, b))
			}
			r = whole
		}
	}
	return bounded(r)
}

// squareRoot has more digits than any decimal type.
func squareRoot(r *big.Rat) *big.Rat {
	f := new(big.Float).SetPrec(600).SetRat(r)
	out, _ := f.Sqrt(f).Rat(nil)
	return out
}

// A sum adds up limbs of 56 bits, each in the range of INT64; the first has the sign.
const (
	limbs    = 5
	limbBits = 56
)

func limb(b []byte, i int) int64 {
	n := new(big.Int).SetBytes(b)
	n.Sub(n, new(big.Int).Lsh(big.NewInt(1), 255))
	n.Rsh(n, uint(limbBits*(limbs-1-i)))
	if i > 0 {
		n.And(n, big.NewInt(1<<limbBits-1))
	}
	return n.Int64()
}

// total is the number of the sums of limbs, divided by a count.
func total(sums string, count int64) (any, error) {
	if count == 0 {
		return nil, nil
	}
	n := new(big.Int)
	for text := range strings.SplitSeq(sums, " ") {
		sum, _ := new(big.Int).SetString(text, 10)
		n.Add(n.Lsh(n, limbBits), sum)
	}
	unit := new(big.Int).Exp(big.NewInt(10), big.NewInt(38), nil)
	return bounded(new(big.Rat).SetFrac(n, unit.Mul(unit, big.NewInt(count))))
}

// Total is an expression of the sum of BIGNUMERICs, or of their average by a count: sum is
// DuckDB's SUM of an expression.
func Total(x, count string, sum func(x string) string) string {
	parts := make([]string, limbs)
	for i := range parts {
		parts[i] = "CAST(" + sum("bq_big_limb("+x+", "+string(rune('0'+i))+")") + " AS VARCHAR)"
	}
	return "bq_big_total(" + strings.Join(parts, " || ' ' || ") + ", " + count + ")"
}
