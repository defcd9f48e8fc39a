package cast

import (
	"fmt"
	"math"
	"math/big"
	"strconv"
	"strings"

	"github.com/tallystream/tallystream/emulator/bigquery/function"
)

// maxRoman is the greatest Roman numeral, which are padded to romanWidth characters.
const (
	maxRoman   = 3999
	romanWidth = 15
)

// number is a number to be formatted: its sign and its magnitude, or what stands for one.
type number struct {
	negative bool
	value    *big.Rat
	special  string // INF or NAN
}

// floatText is a FLOAT64 in a format, by its exact value.
func floatText(x float64, format string) (any, error) {
	n := number{negative: x < 0}
	switch {
	case math.IsNaN(x):
		n.special = "NAN"
	case math.IsInf(x, 0):
		n.special = "INF"
	default:
		n.value = new(big.Rat).SetFloat64(math.Abs(x))
	}
	return n.text(format)
}

// decimalText is a number of decimal digits in a format.
func decimalText(digits, format string) (any, error) {
	value, ok := new(big.Rat).SetString(digits)
	if !ok {
		return nil, function.Errorf("Invalid number %q", digits)
	}
	return number{negative: value.Sign() < 0, value: value.Abs(value)}.text(format)
}

func (n number) text(format string) (any, error) {
	f, err := parseNumberFormat(format)
	if err != nil {
		return nil, err
	}
	switch {
	case f.roman:
		return n.roman(f)
	case n.special != "":
		return n.word(f), nil
	case f.hex:
		return n.hex(f), nil
	case f.exponent != "":
		return n.scientific(f), nil
	}
	return n.decimal(f), nil
}

// decimal writes the digits of the number one by one into those of the format.
func (n number) decimal(f *numberFormat) string {
	scale, shown := len(f.fraction), *f
	if f.point == "V" { // all digits stand before the point
		shown.whole, shown.fraction = append(append([]string{}, f.whole...), f.fraction...), nil
	}
	digits := n.value.FloatString(scale)
	whole, fraction, _ := strings.Cut(digits, ".")
	whole = strings.TrimLeft(whole, "0")
	if f.blank && whole == "" {
		return f.empty()
	}
	zero := whole == "" && strings.Trim(fraction, "0") == ""
	if f.point == "V" {
		whole = strings.TrimLeft(whole+fraction, "0")
		fraction = ""
	}
	if len(whole) > shown.digits() {
		return n.framed(f, mask(shown.whole)+f.dot()+mask(shown.fraction), zero)
	}
	if f.fill {
		fraction = strings.TrimRight(fraction, "0")
	}
	if whole == "" && (fraction == "" && f.fill || len(shown.fraction) == 0) && shown.digits() > 0 {
		whole = "0"
	}
	body := fillDigits(shown.whole, whole)
	if f.fill && f.point == "V" {
		body = trimZeros(body, scale)
	}
	return n.framed(f, body+f.dot()+fraction, zero)
}

// scientific is a digit, a fraction and an exponent.
func (n number) scientific(f *numberFormat) string {
	exponent, zero := 0, n.value.Sign() == 0
	mantissa := new(big.Rat).Set(n.value)
	if !zero {
		exponent = magnitude(n.value)
		mantissa.Mul(mantissa, power(-exponent))
	}
	if zero && f.blank {
		return f.empty()
	}
	digits := mantissa.FloatString(len(f.fraction))
	if strings.HasPrefix(digits, "10") { // rounded up
		exponent++
		digits = mantissa.Mul(mantissa, power(-1)).FloatString(len(f.fraction))
	}
	whole, fraction, _ := strings.Cut(digits, ".")
	switch {
	case len(f.whole) == 0 && !zero:
		return n.framed(f, f.dot()+mask(f.fraction)+"####", zero)
	case len(f.whole) == 0:
		whole = ""
	}
	if f.fill {
		fraction = strings.TrimRight(fraction, "0")
	}
	return n.framed(f, fmt.Sprintf("%s%s%s%s%+03d", whole, f.dot(), fraction, f.exponent, exponent), zero)
}

// magnitude is the exponent of the number's first digit.
func magnitude(x *big.Rat) int {
	_, text, _ := strings.Cut(new(big.Float).SetRat(x).Text('e', 0), "e")
	exponent, _ := strconv.Atoi(text)
	if x.Cmp(power(exponent)) < 0 { // rounded up
		exponent--
	}
	return exponent
}

// power is a power of ten.
func power(exponent int) *big.Rat {
	n := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(max(exponent, -exponent))), nil)
	if exponent < 0 {
		return new(big.Rat).SetFrac(big.NewInt(1), n)
	}
	return new(big.Rat).SetInt(n)
}

// hex has the number rounded to a whole, of 64 bits, in digits of 16. Each letter has the case of its element, that of a 0 the
// case of the X behind it.
func (n number) hex(f *numberFormat) string {
	rounded, _ := new(big.Int).SetString(n.value.FloatString(0), 10)
	zero, digits := rounded.Sign() == 0, strings.ToUpper(rounded.Text(16))
	if len(digits) > len(f.whole) {
		return n.framed(f, mask(f.whole), zero)
	}
	body := []byte(fillDigits(f.whole, digits))
	for lower, i, at := false, len(f.whole)-1, len(body)-1; at >= 0; i, at = i-1, at-1 {
		if f.whole[i] != "0" {
			lower = f.whole[i] == "x"
		}
		if lower {
			body[at] = strings.ToLower(string(body[at]))[0]
		}
	}
	return n.framed(f, string(body), zero)
}

// word is INF or NAN where the whole part would be.
func (n number) word(f *numberFormat) string {
	unsigned := n.special == "NAN"
	if f.exponent != "" || f.hex {
		return n.framed(f, n.special, unsigned)
	}
	if len(f.whole) < len(n.special) {
		return n.framed(f, mask(f.whole)+f.dot()+mask(f.fraction), unsigned)
	}
	return n.framed(f, n.special+strings.Repeat(" ", len(f.dot())+len(f.fraction)), unsigned)
}

// roman are Roman numerals.
func (n number) roman(f *numberFormat) (any, error) {
	i := int64(0)
	if n.value != nil && !n.negative {
		i, _ = strconv.ParseInt(n.value.FloatString(0), 10, 64)
	}
	if i < 1 || i > maxRoman {
		return nil, function.Errorf("Format element 'RN' takes a number from 1 to %d", maxRoman)
	}
	var b strings.Builder
	for _, r := range []struct {
		value int64
		text  string
	}{{1000, "M"}, {900, "CM"}, {500, "D"}, {400, "CD"}, {100, "C"}, {90, "XC"}, {50, "L"}, {40, "XL"}, {10, "X"}, {9, "IX"}, {5, "V"}, {4, "IV"}, {1, "I"}} {
		for ; i >= r.value; i -= r.value {
			b.WriteString(r.text)
		}
	}
	if f.fill {
		return b.String(), nil
	}
	return fmt.Sprintf("%*s", romanWidth, b.String()), nil
}

// framed puts the sign and the currency around digits, and spaces before them. An unsigned number is neither + nor -.
func (n number) framed(f *numberFormat, body string, unsigned bool) string {
	before, after := "", ""
	minus := n.negative && !unsigned
	plus := f.sign == "S" && !minus && !unsigned
	switch {
	case f.sign == "PR" && minus:
		before, after = "<", ">"
	case f.sign == "PR":
		before, after = " ", " "
	case f.sign == "" || f.ahead:
		before = signs[[2]bool{minus, plus}]
	default:
		after = signs[[2]bool{minus, plus}]
	}
	out := before + f.currency + body + after
	if f.fill {
		return strings.ReplaceAll(out, " ", "")
	}
	return strings.Repeat(" ", max(f.width()-len(out), 0)) + out
}

// signs are how minus and plus are written.
var signs = map[[2]bool]string{{true, false}: "-", {false, true}: "+", {false, false}: " "}

// dot is the decimal point, "" for none.
func (f *numberFormat) dot() string {
	if f.point == "." {
		return "."
	}
	return ""
}

// empty are the spaces of B.
func (f *numberFormat) empty() string {
	if f.fill {
		return ""
	}
	return strings.Repeat(" ", f.width())
}

// mask has a # for each digit, for a number that doesn't fit.
func mask(elements []string) string {
	return strings.Map(func(r rune) rune {
		if r == ',' {
			return r
		}
		return '#'
	}, strings.Join(elements, ""))
}

// fillDigits puts digits into elements from the right. From the first 0 on there are leading zeros; separators stand between digits.
func fillDigits(elements []string, digits string) string {
	at := 0 // elements that are digits
	for _, e := range elements {
		if e != "," {
			at++
		}
	}
	var b strings.Builder
	zeros := false
	for _, e := range elements {
		if e == "," {
			if b.Len() > 0 {
				b.WriteString(",")
			}
			continue
		}
		zeros = zeros || e == "0"
		switch {
		case at <= len(digits):
			b.WriteByte(digits[len(digits)-at])
		case zeros:
			b.WriteByte('0')
		}
		at--
	}
	return b.String()
}

// trimZeros leaves out zeros among the last n digits.
func trimZeros(s string, n int) string {
	for ; n > 0 && strings.HasSuffix(s, "0"); n-- {
		s = s[:len(s)-1]
	}
	return s
}
