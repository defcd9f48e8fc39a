// Package decimal reads numbers as JSON writes them, exactly: without floats, and
// in time and memory that the size of their exponent doesn't change.
//
// It is no arithmetic. Records need to know whether a number is whole, what its
// digits are, and what it comes to in another unit.
package decimal

import (
	"strconv"
	"strings"
)

// Decimal is 0.digits times ten to the power of point. Digits neither begin nor
// end with 0, and zero has none.
type Decimal struct {
	negative bool
	digits   string
	point    int
}

// maxExponent bounds an exponent: a number beyond it is too large, or too small,
// for anything that a record may say.
const maxExponent = 1 << 20

// Parse reads a number as JSON writes one; ok is false for any other text. Leading
// zeros are allowed.
func Parse(s string) (d Decimal, ok bool) {
	s, d.negative = strings.CutPrefix(s, "-")
	mantissa, exponent := s, ""
	if i := strings.IndexAny(s, "eE"); i >= 0 {
		mantissa, exponent = s[:i], s[i+1:]
	}
	whole, fraction, pointed := strings.Cut(mantissa, ".")
	if !AllDigits(whole) || (pointed && !AllDigits(fraction)) {
		return Decimal{}, false
	}
	shift := 0
	if len(mantissa) < len(s) {
		if shift, ok = parseExponent(exponent); !ok {
			return Decimal{}, false
		}
	}
	all := whole + fraction
	d.digits = strings.TrimLeft(all, "0")
	d.point = len(whole) - (len(all) - len(d.digits)) + shift
	d.digits = strings.TrimRight(d.digits, "0")
	if d.digits == "" {
		return Decimal{}, true
	}
	return d, true
}

// parseExponent reads an exponent. One beyond maxExponent is read as maxExponent.
func parseExponent(s string) (int, bool) {
	sign := 1
	switch {
	case strings.HasPrefix(s, "-"):
		sign, s = -1, s[1:]
	case strings.HasPrefix(s, "+"):
		s = s[1:]
	}
	if !AllDigits(s) {
		return 0, false
	}
	n, err := strconv.Atoi(s)
	if err != nil || n > maxExponent {
		n = maxExponent
	}
	return sign * n, true
}

// AllDigits reports whether s consists of ASCII digits, at least one.
func AllDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// Negative reports whether d is written with a minus sign.
func (d Decimal) Negative() bool { return d.negative }

// Whole reports whether d is a whole number.
func (d Decimal) Whole() bool { return d.point >= len(d.digits) }

// Len returns the length in bytes of what String returns.
func (d Decimal) Len() int {
	n := max(d.point, 1)
	if d.negative {
		n++
	}
	return n
}

// String returns a whole number with all its digits: ask Whole, and Len, before.
func (d Decimal) String() string {
	if d.digits == "" {
		return "0"
	}
	s := d.digits + strings.Repeat("0", d.point-len(d.digits))
	if d.negative {
		return "-" + s
	}
	return s
}

// Shifted returns the whole part of |d| times ten to the power of shift; ok is
// false where that has more than 18 digits.
func (d Decimal) Shifted(shift int) (n int64, ok bool) {
	point := d.point + shift
	switch {
	case point <= 0:
		return 0, true
	case point > 18:
		return 0, false
	}
	digits := d.digits
	if point < len(digits) {
		digits = digits[:point]
	}
	digits += strings.Repeat("0", point-len(digits))
	n, err := strconv.ParseInt("0"+digits, 10, 64)
	return n, err == nil
}
