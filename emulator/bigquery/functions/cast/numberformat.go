package cast

import (
	"database/sql/driver"
	"fmt"
	"math"
	"math/big"
	"regexp"
	"strconv"
	"strings"

	"github.com/tallystream/tallystream/emulator/bigquery/function"
)

// numbers are numbers as text by the elements of CAST … FORMAT
// (https://cloud.google.com/bigquery/docs/reference/standard-sql/format-elements#format_numeric_type_as_string).
var numbers = function.Group{
	Natives: []function.Native{
		{Name: "bq_decimal_format", Args: function.Types{function.Text, function.Text}, Result: function.Text, Call: func(a []driver.Value) (any, error) {
			f, err := parseNumberFormat(a[1].(string))
			if err != nil {
				return nil, err
			}
			r, ok := new(big.Rat).SetString(a[0].(string))
			if !ok {
				return nil, function.Errorf("Invalid number: %s", a[0])
			}
			return f.write(decimalParts(r, f)), nil
		}},
		{Name: "bq_double_format", Args: function.Types{function.Double, function.Text}, Result: function.Text, Call: func(a []driver.Value) (any, error) {
			f, err := parseNumberFormat(a[1].(string))
			if err != nil {
				return nil, err
			}
			return f.write(doubleParts(a[0].(float64), f)), nil
		}},
	},
}

// numberFormat is a format of numbers. Its elements are those that stand for a sign of the text: 0, 9, X and x
// for a digit, a comma, a point, V for a point that isn't written, and E or e for the exponent.
type numberFormat struct {
	elements  []byte
	point     int    // index of the first element that isn't of the integer part
	integers  int    // digits before the point
	scale     int    // digits after it
	zero      int    // index of the first 0, -1 for none
	sign      string // S, MI or PR; "" for none
	signFirst bool   // S stands before the digits
	currency  string // as it is written
	compact   bool   // FM
	blank     bool   // B
	hex       bool
	exponent  bool
}

var numberElement = regexp.MustCompile(`^(?i:EEEE|FM|MI|PR|RN|TM9|TME|TM|[$0.,9XDGSBVCL])`)

// parseNumberFormat reads a format, in which the sign, the digits, the exponent and another sign follow each other.
func parseNumberFormat(format string) (*numberFormat, error) {
	f := &numberFormat{zero: -1, point: -1}
	closed := false // by a sign behind the digits
	for rest := format; rest != ""; {
		text := numberElement.FindString(rest)
		if text == "" {
			return nil, function.Errorf("Error in format string: Invalid format element '%s'", rest[:1])
		}
		rest = rest[len(text):]
		element := strings.ToUpper(text)
		var err error
		switch element {
		case "RN", "TM", "TM9", "TME":
			return nil, function.Errorf("The format element '%s' is not supported yet", element)
		case "FM", "B", "$", "L", "C":
			err = f.flag(element, text)
		case "S", "MI", "PR":
			closed, err = f.signed(element, closed)
		default:
			if closed {
				return nil, function.Errorf("Error in format string: '%s' can only appear after all digits and 'EEEE'", f.sign)
			}
			err = f.add(element, text)
		}
		if err != nil {
			return nil, err
		}
	}
	if f.integers+f.scale == 0 {
		return nil, function.Errorf("Error in format string: Format string must contain at least one of 'X', '0' or '9'")
	}
	return f, f.finish()
}

// flag notes an element that may stand anywhere.
func (f *numberFormat) flag(element, text string) error {
	switch {
	case element == "FM" && f.compact, element == "B" && f.blank:
		return function.Errorf("Error in format string: There can be at most one '%s'", element)
	case element == "FM":
		f.compact = true
	case element == "B":
		f.blank = true
	case f.currency != "":
		return function.Errorf("Error in format string: There can be at most one of '$', 'C' or 'L'")
	default:
		f.currency = map[string]string{"$": "$", "L": "$", "l": "$", "C": "USD", "c": "usd"}[text]
	}
	return nil
}

func (f *numberFormat) signed(element string, closed bool) (bool, error) {
	first := len(f.elements) == 0
	switch {
	case f.sign != "" || closed:
		return closed, function.Errorf("Error in format string: There can be at most one of 'S', 'MI', or 'PR'")
	case first && element != "S":
		return closed, function.Errorf("Error in format string: '%s' can only appear after all digits and 'EEEE'", element)
	}
	f.sign, f.signFirst = element, first
	return !first, nil
}

// add takes an element that stands for a sign of the text.
func (f *numberFormat) add(element, text string) error {
	if f.exponent {
		return function.Errorf("Error in format string: '%s' cannot appear after 'EEEE'", element)
	}
	grouped, nines := strings.IndexByte(string(f.elements), ',') >= 0, strings.IndexByte(string(f.elements), '9') >= 0
	e := text[0]
	switch element {
	case "0", "9", "X":
		if element == "X" && (nines || grouped || f.point >= 0) || element == "9" && f.hex {
			return function.Errorf("Error in format string: 'X' cannot appear together with '9', ',', 'G', '.', 'D' or 'V'")
		}
		f.hex = f.hex || element == "X"
		if element == "0" && f.zero < 0 {
			f.zero = len(f.elements)
		}
		if f.point >= 0 {
			f.scale++
		} else {
			f.integers++
		}
	case ",", "G":
		if f.point >= 0 || len(f.elements) == 0 {
			return function.Errorf("Error in format string: ',' or 'G' can only appear between the digits before '.', 'D' or 'V'")
		}
		e = ','
	case ".", "D", "V":
		if f.point >= 0 {
			return function.Errorf("Error in format string: There can be at most one of '.', 'D', or 'V'")
		}
		f.point = len(f.elements)
		e = map[bool]byte{true: 'V', false: '.'}[element == "V"]
	case "EEEE":
		if grouped {
			return function.Errorf("Error in format string: ',' or 'G' cannot appear together with 'EEEE'")
		}
		if f.point < 0 {
			f.point = len(f.elements)
		}
		f.exponent = true
	}
	if f.hex && strings.Contains(",.V", string(e)) || f.hex && f.exponent {
		return function.Errorf("Error in format string: 'X' cannot appear together with '%s'", element)
	}
	f.elements = append(f.elements, e)
	return nil
}

func (f *numberFormat) finish() error {
	if f.point < 0 {
		f.point = len(f.elements)
	}
	if f.hex {
		if f.currency != "" || f.blank {
			return function.Errorf("Error in format string: 'X' cannot appear together with '$', 'C', 'L' or 'B'")
		}
		if len(f.elements) > 16 {
			return function.Errorf("Error in format string: Max number of 'X' is 16")
		}
		letter := byte('X')
		for i := len(f.elements) - 1; i >= 0; i-- { // a 0 is written like the X after it
			if f.elements[i] == '0' {
				f.elements[i] = letter
			}
			letter = f.elements[i]
		}
	}
	if f.exponent && f.point > 1 { // one digit before the point
		f.elements, f.point = f.elements[f.point-1:], 1
	}
	return nil
}

// numberParts are the digits of a number that a format asks for. An integer part of 0 has none.
type numberParts struct {
	negative                    bool
	special                     string // INF, NAN, or ""
	integer, fraction, exponent string
	hexadecimal                 string
}

func decimalParts(r *big.Rat, f *numberFormat) numberParts {
	abs := new(big.Rat).Abs(r)
	p := numberParts{negative: r.Sign() < 0}
	if f.hex {
		whole, _ := new(big.Int).SetString(abs.FloatString(0), 10)
		p.hexadecimal = whole.Text(16)
		return p
	}
	if !f.exponent {
		return p.digits(abs.FloatString(f.scale))
	}
	exponent := 0
	if abs.Sign() > 0 {
		exponent = len(abs.FloatString(0)) - 1
		ten := big.NewRat(10, 1)
		power := func(n int) *big.Rat {
			p := new(big.Rat).SetInt(new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(max(n, -n))), nil))
			if n < 0 {
				p.Inv(p)
			}
			return p
		}
		for exponent > -80 && abs.Cmp(power(exponent)) < 0 {
			exponent--
		}
		abs = new(big.Rat).Quo(abs, power(exponent))
		if strings.HasPrefix(abs.FloatString(f.scale), "10") {
			abs.Quo(abs, ten)
			exponent++
		}
	}
	p.exponent = fmt.Sprintf("%+03d", exponent)
	return p.digits(abs.FloatString(f.scale))
}

func doubleParts(x float64, f *numberFormat) numberParts {
	p := numberParts{negative: x < 0}
	abs := math.Abs(x)
	switch {
	case f.hex && abs < 1<<64:
		whole, _ := big.NewFloat(math.Round(abs)).Int(nil)
		p.hexadecimal = whole.Text(16)
		return p
	case f.hex:
		p.hexadecimal = strings.Repeat("0", 17) // which no format has room for
		return p
	case math.IsNaN(x):
		p.special = "NAN"
		return p
	case math.IsInf(x, 0):
		p.special = "INF"
		return p
	case f.exponent:
		mantissa, exponent, _ := strings.Cut(strconv.FormatFloat(abs, 'e', f.scale, 64), "e")
		p.exponent = exponent
		return p.digits(mantissa)
	}
	return p.digits(strconv.FormatFloat(abs, 'f', f.scale, 64))
}

func (p numberParts) digits(text string) numberParts {
	p.integer, p.fraction, _ = strings.Cut(text, ".")
	if p.integer == "0" {
		p.integer = ""
	}
	return p
}

// write puts the parts of a number where the format's elements are.
func (f *numberFormat) write(p numberParts) string {
	if f.compact {
		p.fraction = strings.TrimRight(p.fraction, "0")
	}
	blank := f.blank && p.integer == "" && p.special == ""
	var integer, fraction string
	padding := f.point
	switch {
	case f.hex && p.special == "":
		integer, padding = f.integer(p.hexadecimal, len(p.hexadecimal) > len(f.elements))
	case p.special != "":
		integer, fraction, padding = f.special(p.special)
	default:
		overflow := len(p.integer) > f.integers
		fraction = f.fraction(p, overflow)
		if f.integers > 0 && (p.integer != "" || f.exponent || f.zero >= 0 && f.zero < f.point || p.fraction == "") {
			integer, padding = f.integer(p.integer, overflow)
		}
	}
	prefix, suffix := f.signs(p)
	number := prefix + f.currency + integer + fraction + suffix
	if blank {
		number = strings.Repeat(" ", len(number))
	}
	if f.compact {
		return strings.TrimSpace(number)
	}
	return strings.Repeat(" ", padding) + number
}

// integer is the part before the point, and how many elements of it are left for spaces.
func (f *numberFormat) integer(digits string, overflow bool) (text string, padding int) {
	if digits == "" {
		digits = "0"
	}
	var b []byte
	at, i := len(digits)-1, f.point-1
	for ; i >= 0 && (at >= 0 || f.zero >= 0 && i >= f.zero); i-- {
		e := f.elements[i]
		if e == ',' {
			b = append(b, ',')
			continue
		}
		digit := byte('0')
		if at >= 0 {
			digit = digits[at]
		}
		switch {
		case overflow:
			digit = '#'
		case e == 'X' && digit >= 'a':
			digit -= 'a' - 'A'
		}
		b = append(b, digit)
		at--
	}
	for l, r := 0, len(b)-1; l < r; l, r = l+1, r-1 {
		b[l], b[r] = b[r], b[l]
	}
	return string(b), i + 1
}

// fraction is the point, what follows it, and the exponent.
func (f *numberFormat) fraction(p numberParts, overflow bool) string {
	var b strings.Builder
	at := 0
	for _, e := range f.elements[f.point:] {
		switch {
		case e == '.':
			b.WriteByte('.')
		case e == 'V':
		case e == 'E' || e == 'e':
			if overflow {
				b.WriteString("####")
			} else {
				b.WriteString(string(e) + p.exponent)
			}
		case overflow:
			b.WriteByte('#')
		case at < len(p.fraction):
			b.WriteByte(p.fraction[at])
			at++
		}
	}
	return b.String()
}

// special writes INF or NAN into the integer part, if there is room for it.
func (f *numberFormat) special(word string) (integer, fraction string, padding int) {
	if f.exponent {
		return word, "", len(f.elements)
	}
	mark, point := " ", " "
	if f.point < len(word) {
		mark, point, word = "#", ".", strings.Map(func(r rune) rune { return '#' }, string(f.elements[:f.point]))
	}
	for _, e := range f.elements[f.point:] {
		switch e {
		case '.':
			fraction += point
		case 'V':
		default:
			fraction += mark
		}
	}
	return word, fraction, f.point - len(word)
}

// signs are what is written before and behind a number.
func (f *numberFormat) signs(p numberParts) (prefix, suffix string) {
	pick := func(negative, positive string) string {
		switch {
		case p.special == "NAN":
			return " "
		case p.negative:
			return negative
		}
		return positive
	}
	switch {
	case f.sign == "S" && f.signFirst:
		return pick("-", "+"), ""
	case f.sign == "S":
		return "", pick("-", "+")
	case f.sign == "MI":
		return "", pick("-", " ")
	case f.sign == "PR":
		return pick("<", " "), pick(">", " ")
	}
	return pick("-", " "), ""
}
