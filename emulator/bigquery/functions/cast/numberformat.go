package cast

import (
	"slices"
	"strings"

	"github.com/tallystream/tallystream/emulator/bigquery/function"
)

// numberElements are the format elements of a number, those first that others are the beginning of
// (https://cloud.google.com/bigquery/docs/reference/standard-sql/format-elements#format_numeric_type_as_string).
var numberElements = []string{"TM9", "TME", "TM", "EEEE", "FM", "RN", "MI", "PR", "9", "0", "X", ".", "D", "V", ",", "G", "$", "C", "L", "S", "B"}

// numberFormat is a format of CAST from a number to a STRING.
type numberFormat struct {
	text     string   // as it was given
	whole    []string // digits and separators before the point: 9, 0, X, x or ","
	fraction []string // digits behind it
	point    string   // ".", "V" or ""
	exponent string   // EEEE, in the case of the exponent, or ""
	sign     string   // S, MI, PR or ""
	ahead    bool     // the sign S stands before the digits
	currency string
	blank    bool // B: spaces for a whole part of 0
	fill     bool // FM: no spaces, and no zeros at the end
	roman    bool
	hex      bool
}

// parseNumberFormat reads a format.
func parseNumberFormat(text string) (*numberFormat, error) {
	f := &numberFormat{text: text}
	var seen []string
	for rest := text; rest != ""; {
		i := slices.IndexFunc(numberElements, func(e string) bool { return len(rest) >= len(e) && strings.EqualFold(rest[:len(e)], e) })
		if i < 0 {
			return nil, f.wrong("Invalid format element '%s'", rest[:1])
		}
		e := numberElements[i]
		if err := f.add(e, rest[:len(e)], seen); err != nil {
			return nil, err
		}
		seen, rest = append(seen, e), rest[len(e):]
	}
	return f, f.check(seen)
}

func (f *numberFormat) wrong(message string, args ...any) error {
	return function.Errorf("Error in format string %q: "+message, append([]any{f.text}, args...)...)
}

// add takes up an element, as it was written, behind those that were seen.
func (f *numberFormat) add(e, written string, seen []string) error {
	switch e {
	case "9", "0", "X":
		return f.digit(e, written)
	case ",", "G":
		return f.separator(e)
	case ".", "D":
		return f.once(&f.point, ".", "'.', 'D' or 'V'")
	case "V":
		return f.once(&f.point, "V", "'.', 'D' or 'V'")
	case "EEEE":
		return f.scientific(written)
	case "S", "MI", "PR":
		return f.signAt(e)
	case "$", "L":
		return f.once(&f.currency, "$", "'$', 'C' or 'L'")
	case "C":
		code := "USD"
		if written == "c" {
			code = "usd"
		}
		return f.once(&f.currency, code, "'$', 'C' or 'L'")
	case "B":
		if f.blank {
			return f.wrong("There can be at most one 'B'")
		}
		f.blank = true
	case "FM":
		f.fill = true
	case "RN":
		f.roman = true
	default:
		if len(seen) > 0 || !strings.EqualFold(f.text, e) {
			return f.wrong("'TM', 'TM9' or 'TME' cannot be combined with other format elements")
		}
		return f.wrong("Text minimal output is not supported yet")
	}
	return nil
}

// once sets what only one of the elements with these names may set.
func (f *numberFormat) once(field *string, value, names string) error {
	if *field != "" {
		return f.wrong("There can be at most one of %s", names)
	}
	*field = value
	return nil
}

// hasDigits reports whether there are digits so far.
func (f *numberFormat) hasDigits() bool { return len(f.whole)+len(f.fraction) > 0 }

// separator takes up a separator of thousands.
func (f *numberFormat) separator(e string) error {
	if f.point != "" {
		return f.wrong("',' or 'G' cannot appear after '.', 'D' or 'V'")
	}
	if !f.hasDigits() || f.sign != "" && !f.ahead {
		return f.wrong("Unexpected '%s'", e)
	}
	f.whole = append(f.whole, ",")
	return nil
}

// scientific takes up EEEE.
func (f *numberFormat) scientific(written string) error {
	switch {
	case f.exponent != "":
		return f.wrong("'EEEE' cannot appear after 'EEEE'")
	case !f.hasDigits():
		return f.wrong("Unexpected 'EEEE'")
	case f.sign != "" && !f.ahead:
		return f.signBehind()
	}
	f.exponent = written[:1]
	return nil
}

// signAt takes up the place of the sign. That of S is ahead of all digits or behind them, that
// of MI and PR behind.
func (f *numberFormat) signAt(e string) error {
	f.ahead = e == "S" && !f.hasDigits()
	if err := f.once(&f.sign, e, "'S', 'MI' or 'PR'"); err != nil {
		return err
	}
	if e != "S" && !f.hasDigits() {
		return f.signBehind()
	}
	return nil
}

// digit takes up a digit before or behind the point.
func (f *numberFormat) digit(e, written string) error {
	if f.exponent != "" {
		return f.wrong("'%s' cannot appear after 'EEEE'", e)
	}
	if f.sign != "" && !f.ahead {
		return f.signBehind()
	}
	f.hex = f.hex || e == "X"
	if f.point == "" {
		f.whole = append(f.whole, written)
	} else {
		f.fraction = append(f.fraction, written)
	}
	return nil
}

func (f *numberFormat) signBehind() error {
	if f.sign == "S" {
		return f.wrong("'S' can only appear before or after all digits and 'EEEE'")
	}
	return f.wrong("'%s' can only appear after all digits and 'EEEE'", f.sign)
}

// check refuses elements that don't stand together. It leaves at most one digit before the point of an exponent.
func (f *numberFormat) check(seen []string) error {
	together := func(e string, with ...string) error {
		for _, s := range seen {
			if !slices.Contains(with, s) {
				return f.wrong("'%s' cannot appear together with '%s'", e, s)
			}
		}
		return nil
	}
	switch {
	case f.roman:
		return together("RN", "RN", "FM")
	case f.hex:
		if len(f.whole) > 16 {
			return f.wrong("Max number of 'X' is 16")
		}
		return together("X", "X", "0", "FM", "S", "MI", "PR")
	case !f.hasDigits():
		return f.wrong("Format string must contain at least one of 'X', '0' or '9'")
	case f.exponent != "" && slices.Contains(f.whole, ","):
		return f.wrong("',' or 'G' cannot appear together with 'EEEE'")
	case f.exponent != "" && f.point == "V":
		return f.wrong("'V' cannot appear together with 'EEEE'")
	case f.exponent != "" && len(f.whole) > 1:
		f.whole = f.whole[:1]
	}
	return nil
}

// digits is how many digits there are before the point.
func (f *numberFormat) digits() int {
	n := len(f.whole)
	for _, e := range f.whole {
		if e == "," {
			n--
		}
	}
	return n
}

// width is how many characters the output has: those of all elements, and one for a sign that has no element.
func (f *numberFormat) width() int {
	n := len(f.whole) + len(f.fraction) + len(f.currency) + 1
	if f.point == "." {
		n++
	}
	if f.sign == "PR" {
		n++
	}
	if f.exponent != "" {
		n += 4
	}
	return n
}
