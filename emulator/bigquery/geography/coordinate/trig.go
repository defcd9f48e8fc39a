// Package coordinate computes and writes coordinates to the last digit.
//
// The 15 digits of a coordinate, and all of WKB, show the last bit of a sine or an arc tangent.
// Those of package math are off by it in a few cases of a hundred; these are rounded
// correctly, as those of C are in nearly all cases. They compute with numbers that are the sum
// of two.
package coordinate

import "math"

// double is the sum of two numbers, the second of which is less than the last bit of the first.
type double struct{ hi, lo float64 }

func sum(a, b float64) double {
	s := a + b
	v := s - a
	return double{s, (a - (s - v)) + (b - v)}
}

func product(a, b float64) double {
	p := a * b
	return double{p, math.FMA(a, b, -p)}
}

func (a double) add(b double) double {
	s, t := sum(a.hi, b.hi), sum(a.lo, b.lo)
	s = sum(s.hi, s.lo+t.hi)
	return sum(s.hi, s.lo+t.lo)
}

func (a double) mul(b double) double {
	p := product(a.hi, b.hi)
	return sum(p.hi, p.lo+(a.hi*b.lo+a.lo*b.hi))
}

func (a double) times(b float64) double { return a.mul(double{b, 0}) }

func (a double) neg() double { return double{-a.hi, -a.lo} }

// quarter is π/2 in three parts.
var quarter = [3]float64{math.Pi / 2, 6.123233995736766e-17, -1.4973849048591833e-33}

// inverses are 1/n!.
var inverses = func() (list [28]double) {
	factorial := double{1, 0}
	for n := range list {
		if n > 0 {
			factorial = factorial.times(float64(n))
		}
		q := 1 / factorial.hi
		rest := product(q, factorial.hi).add(product(q, factorial.lo)).neg().add(double{1, 0})
		list[n] = sum(q, rest.hi/factorial.hi)
	}
	return list
}()

// Sincos are the sine and the cosine of an angle of a few turns.
func Sincos(x float64) (sin, cos float64) {
	s, c := sincos(x)
	return s.hi, c.hi
}

// sincos are the sine and the cosine of an angle of a few turns.
func sincos(x float64) (sin, cos double) {
	k := math.Round(x / quarter[0])
	r := double{x, 0}
	for _, q := range quarter {
		r = r.add(product(-k, q))
	}
	square := r.mul(r).neg()
	sin, cos = inverses[len(inverses)-1], inverses[len(inverses)-2]
	for n := len(inverses) - 3; n >= 1; n -= 2 {
		sin, cos = sin.mul(square).add(inverses[n]), cos.mul(square).add(inverses[n-1])
	}
	sin = sin.mul(r)
	switch int64(k) & 3 {
	case 1:
		return cos, sin.neg()
	case 2:
		return sin.neg(), cos.neg()
	case 3:
		return cos.neg(), sin
	}
	return sin, cos
}

// Atan2 is the angle of a vector.
func Atan2(y, x float64) float64 {
	a := math.Atan2(y, x)
	if x == 0 || y == 0 {
		return a
	}
	sin, cos := sincos(a)
	off := cos.times(y).add(sin.times(-x))
	return a + off.hi/(x*cos.hi+y*sin.hi)
}
