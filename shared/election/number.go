package election

import (
	"strconv"
	"strings"
)

// decimal is a number as it is written: 0.digits times ten to the point. Digits
// neither begin nor end with 0; there are none in zero.
type decimal struct {
	negative bool
	digits   string
	point    int
}

// farPoint bounds the exponent of a number: beyond it a number is too large, or
// too small, for anything that is counted.
const farPoint = 1 << 20

// parseDecimal reads a number as JSON writes one; ok is false for another text.
func parseDecimal(s string) (d decimal, ok bool) {
	s, d.negative = strings.CutPrefix(s, "-")
	mantissa, exponent := s, ""
	if i := strings.IndexAny(s, "eE"); i >= 0 {
		mantissa, exponent = s[:i], s[i+1:]
	}
	whole, fraction, pointed := strings.Cut(mantissa, ".")
	if !allDigits(whole) || (pointed && !allDigits(fraction)) {
		return decimal{}, false
	}
	shift := 0
	if len(mantissa) < len(s) {
		if shift, ok = parseExponent(exponent); !ok {
			return decimal{}, false
		}
	}
	all := whole + fraction
	d.digits = strings.TrimLeft(all, "0")
	d.point = len(whole) - (len(all) - len(d.digits)) + shift
	d.digits = strings.TrimRight(d.digits, "0")
	if d.digits == "" {
		return decimal{}, true
	}
	return d, true
}

// parseExponent reads an exponent; one that is out of all bounds is bounded.
func parseExponent(s string) (int, bool) {
	sign := 1
	switch {
	case strings.HasPrefix(s, "-"):
		sign, s = -1, s[1:]
	case strings.HasPrefix(s, "+"):
		s = s[1:]
	}
	if !allDigits(s) {
		return 0, false
	}
	n, err := strconv.Atoi(s)
	if err != nil || n > farPoint {
		n = farPoint
	}
	return sign * n, true
}

func allDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// whole reports whether d is a whole number.
func (d decimal) whole() bool { return d.point >= len(d.digits) }

// bytes is the length of a whole number's digits and sign.
func (d decimal) bytes() int {
	n := max(d.point, 1)
	if d.negative {
		n++
	}
	return n
}

// String returns the digits of a whole number, all of them.
func (d decimal) String() string {
	if d.digits == "" {
		return "0"
	}
	s := d.digits + strings.Repeat("0", d.point-len(d.digits))
	if d.negative {
		return "-" + s
	}
	return s
}

// shifted is the whole part of d times ten to the shift, for a d that isn't
// negative; ok is false where it has more than 18 digits.
func (d decimal) shifted(shift int) (n int64, ok bool) {
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

// withoutPoint is a text of digits without the .0 that a column of floats leaves
// behind them when it is written as text. No such column writes a leading 0.
func withoutPoint(s string) string {
	digits, pointed := strings.CutSuffix(s, ".0")
	if !pointed || !allDigits(digits) || (len(digits) > 1 && digits[0] == '0') {
		return s
	}
	return digits
}
