package numbers

import (
	"database/sql/driver"
	"math"
	"math/big"
	"strings"

	"github.com/tallystream/tallystream/emulator/bigquery/ducksql"
	"github.com/tallystream/tallystream/emulator/bigquery/function"
	"github.com/tallystream/tallystream/emulator/bigquery/functions/cast"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// logarithms are exponentials, logarithms and roots of decimal numbers, with more digits than any of those has.
var logarithms = function.Group{
	Natives: []function.Native{
		{Name: "bq_big_elementary", Args: function.Types{function.Text, function.Blob, function.Blob}, Result: function.Blob, Call: func(a []driver.Value) (any, error) {
			r, err := elementaryOf(a[0].(string), types.BigRat(a[1].([]byte)), types.BigRat(a[2].([]byte)))
			if err != nil {
				return nil, err
			}
			return bounded(r)
		}},
		{Name: "bq_decimal_elementary", Args: function.Types{function.Text, function.Text, function.Text}, Result: function.Text, Call: func(a []driver.Value) (any, error) {
			x, _ := new(big.Rat).SetString(a[1].(string)) // of a DECIMAL
			y, _ := new(big.Rat).SetString(a[2].(string))
			r, err := elementaryOf(a[0].(string), x, y)
			if err != nil {
				return nil, err
			}
			return inRange(r.FloatString(9))
		}},
	},
}

// maxExponent bounds the exponents whose powers are products.
const maxExponent = 10_000

// alsoDecimal is a function of FLOAT64 that there is of decimal types too, which have all their digits right.
func alsoDecimal(name string, f function.Scalar) function.Scalar {
	return func(c *function.Call) string {
		if c.Type.Kind != types.Numeric && c.Type.Kind != types.BigNumeric {
			return f(c)
		}
		args := []string{ducksql.String(name)}
		for i, x := range c.Args {
			x = cast.Convert(c, x, c.Types[i], c.Type)
			if c.Type.Kind == types.Numeric {
				x = cast.Digits(x, c.Type)
			}
			args = append(args, x)
		}
		if len(c.Args) == 1 && c.Type.Kind == types.Numeric {
			args = append(args, "'0'")
		} else if len(c.Args) == 1 {
			args = append(args, zero)
		}
		if c.Type.Kind == types.Numeric {
			return "CAST(bq_decimal_elementary(" + strings.Join(args, ", ") + ") AS DECIMAL(38,9))"
		}
		return "bq_big_elementary(" + strings.Join(args, ", ") + ")"
	}
}

// precision has bits for all digits of a BIGNUMERIC, and as many more for what is lost on the way.
const precision = 640

// largest bounds the exponents of e whose power a decimal type holds, and smallest those that are 0.
const (
	largest  = 100
	smallest = -100
)

// elementaryOf is EXP, LN, LOG10, LOG, POW or CBRT; y is the second argument, or 0.
func elementaryOf(name string, x, y *big.Rat) (*big.Rat, error) {
	failed := func() (*big.Rat, error) {
		args := text(x)
		if name == "LOG" || name == "POW" {
			args += ", " + text(y)
		}
		return nil, function.Errorf("Floating point error in function: %s(%s)", name, args)
	}
	switch name {
	case "EXP":
		return exponential(float(x), "EXP("+text(x)+")")
	case "CBRT":
		return cubeRoot(x), nil
	case "POW":
		return powerOfRat(x, y, failed)
	}
	one := big.NewRat(1, 1)
	if x.Sign() <= 0 || name == "LOG" && (y.Sign() <= 0 || y.Cmp(one) == 0) {
		return failed()
	}
	base := map[string]*big.Rat{"LOG10": big.NewRat(10, 1), "LOG": y}[name]
	ln := natural(float(x))
	if base != nil {
		ln.Quo(ln, natural(float(base)))
	}
	r, _ := ln.Rat(nil)
	return r, nil
}

// powerOfRat is exact for a whole exponent.
func powerOfRat(x, y *big.Rat, failed func() (*big.Rat, error)) (*big.Rat, error) {
	if x.Sign() == 0 && y.Sign() < 0 || x.Sign() < 0 && !y.IsInt() {
		return failed()
	}
	if n := y.Num(); y.IsInt() && n.IsInt64() && n.Int64() <= maxExponent && n.Int64() >= -maxExponent {
		abs := new(big.Int).Abs(n)
		r := new(big.Rat).SetFrac(new(big.Int).Exp(x.Num(), abs, nil), new(big.Int).Exp(x.Denom(), abs, nil))
		if n.Sign() < 0 {
			r.Inv(r)
		}
		return r, nil
	}
	if x.Sign() == 0 {
		return new(big.Rat), nil
	}
	e := natural(float(new(big.Rat).Abs(x)))
	r, err := exponential(e.Mul(e, float(y)), "POW("+text(x)+", "+text(y)+")")
	if err == nil && x.Sign() < 0 && y.Num().Bit(0) == 1 {
		r.Neg(r)
	}
	return r, err
}

func float(r *big.Rat) *big.Float { return new(big.Float).SetPrec(precision).SetRat(r) }

func text(r *big.Rat) string {
	b, _ := types.BigOf(r) // r was one
	return types.BigText(b)
}

// exponential is e to the power of x, for the call that asks for it.
func exponential(x *big.Float, call string) (*big.Rat, error) {
	if x.Cmp(big.NewFloat(largest)) > 0 {
		return nil, function.Errorf("Floating point overflow in function: %s", call)
	}
	if x.Cmp(big.NewFloat(smallest)) < 0 {
		return new(big.Rat), nil
	}
	r, _ := series(x).Rat(nil)
	return r, nil
}

// series sums up the powers of a part of x that is small, and squares the sum as often as x was halved for it.
func series(x *big.Float) *big.Float {
	const halvings = 40
	small := new(big.Float).SetPrec(precision).SetMantExp(x, -halvings)
	sum, term := float(big.NewRat(1, 1)), float(big.NewRat(1, 1))
	for n := int64(1); n < 40; n++ { // 2^(-34·40) is beyond the precision
		term.Quo(term.Mul(term, small), float(big.NewRat(n, 1)))
		sum.Add(sum, term)
	}
	for range halvings {
		sum.Mul(sum, sum)
	}
	return sum
}

// natural is the natural logarithm, by Halley's method from that of a FLOAT64.
func natural(x *big.Float) *big.Float {
	mantissa := new(big.Float).SetPrec(precision)
	exponent := x.MantExp(mantissa)
	m, _ := mantissa.Float64()
	ln := refined(mantissa, math.Log(m))
	if exponent != 0 {
		two := refined(float(big.NewRat(2, 1)), math.Ln2)
		ln.Add(ln, two.Mul(two, float(big.NewRat(int64(exponent), 1))))
	}
	return ln
}

func refined(x *big.Float, guess float64) *big.Float {
	y := new(big.Float).SetPrec(precision).SetFloat64(guess)
	for range 3 { // each makes three times as many digits right: 53, 159, 477 bits, and more
		e := series(y)
		step := new(big.Float).SetPrec(precision).Sub(x, e)
		step.Quo(step, e.Add(e, x))
		y.Add(y, step.Add(step, step))
	}
	return y
}

// cubeRoot has 45 digits after the point.
func cubeRoot(x *big.Rat) *big.Rat {
	const digits = 45
	unit := new(big.Int).Exp(big.NewInt(10), big.NewInt(digits), nil)
	cube := new(big.Int).Exp(unit, big.NewInt(3), nil)
	n := new(big.Int).Quo(cube.Mul(cube, new(big.Int).Abs(x.Num())), x.Denom())
	root := new(big.Int).Lsh(big.NewInt(1), uint(n.BitLen()/3+1)) // above the root: Newton's method comes down to it
	for n.Sign() > 0 {
		next := new(big.Int).Quo(n, new(big.Int).Mul(root, root))
		next.Add(next, new(big.Int).Lsh(root, 1)).Quo(next, big.NewInt(3))
		if next.Cmp(root) >= 0 {
			break
		}
		root = next
	}
	if n.Sign() == 0 {
		root.SetInt64(0)
	}
	if x.Sign() < 0 {
		root.Neg(root)
	}
	return new(big.Rat).SetFrac(root, unit)
}
