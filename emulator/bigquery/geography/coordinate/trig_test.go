package coordinate

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"
)

// exactSin is the sine of a number by its series in 300 bits.
func exactSin(x float64) float64 {
	const bits = 300
	term := new(big.Float).SetPrec(bits).SetFloat64(x)
	square := new(big.Float).SetPrec(bits).Mul(term, term)
	total := new(big.Float).SetPrec(bits).Set(term)
	for n := int64(1); n < 60; n++ {
		term.Mul(term, square).Quo(term, new(big.Float).SetInt64(-2*n*(2*n+1)))
		total.Add(total, term)
	}
	f, _ := total.Float64()
	return f
}

func TestSineIsRoundedCorrectly(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	inputs := []float64{0, math.Pi, -math.Pi, math.Pi / 2, math.Pi / 4, 1e-9}
	for range 5000 {
		inputs = append(inputs, (2*r.Float64()-1)*math.Pi)
	}
	for _, x := range inputs {
		sin, cos := sincos(x)
		if want := exactSin(x); sin.hi != want {
			t.Errorf("sin %v = %v, want %v", x, sin.hi, want)
		}
		if d := sin.mul(sin).add(cos.mul(cos)).add(double{-1, 0}); math.Abs(d.hi) > 1e-30 {
			t.Errorf("sin² + cos² of %v is %g off", x, d.hi)
		}
	}
}

func TestArcTangentInvertsSineAndCosine(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 5000 {
		x, y := 2*r.Float64()-1, 2*r.Float64()-1
		a := Atan2(y, x)
		// The rest of the angle, to twice the precision, is at most half of the last bit.
		sin, cos := sincos(a)
		off := cos.times(y).add(sin.times(-x)).hi / math.Hypot(x, y)
		if bit := math.Nextafter(math.Abs(a), 4) - math.Abs(a); math.Abs(off) > 0.5000001*bit {
			t.Errorf("Atan2(%v, %v) = %v, off by %g of a bit", y, x, a, off/bit)
		}
	}
}
