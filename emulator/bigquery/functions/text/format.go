package text

import (
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"math"
	"math/big"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/ducksql"
	"github.com/tallystream/tallystream/emulator/bigquery/function"
	"github.com/tallystream/tallystream/emulator/bigquery/functions/cast"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// formats is FORMAT.
var formats = function.Group{
	Scalars: map[string]function.Scalar{
		"format": format,
	},
	Natives: []function.Native{
		{Name: "bq_format", Args: function.Types{function.Text}, Variadic: function.Text, Result: function.Text, Nulls: true, Call: func(a []driver.Value) (any, error) {
			if a[0] == nil {
				return nil, nil
			}
			f := &formatter{format: a[0].(string), args: a[1:]}
			return f.run()
		}},
	},
}

// format leaves what DuckDB formats alike to it, which takes a twentieth of the time.
// Else it passes the arguments as JSON, with their types beside them.
func format(c *function.Call) string {
	if pattern, ok := c.LiteralString(0); ok && plain(pattern, c.Types[1:]) {
		return c.Fill("printf($*)")
	}
	args := make([]string, 0, 2*len(c.Args))
	for i := 1; i < len(c.Args); i++ {
		args = append(args, ducksql.String(c.Types[i].String()), formatted(c, c.Args[i], c.Types[i]))
	}
	if len(args) == 0 {
		return c.Fill("bq_format($1)")
	}
	return "bq_format(" + c.Args[0] + ", " + strings.Join(args, ", ") + ")"
}

var plainDirective = regexp.MustCompile(`%(?:(?:0?[1-9]\d{0,2})?d|s|%)`)

// plain reports whether a pattern has nothing but %d of INT64, with a width or zeros, and
// %s of STRING, one for each argument.
func plain(pattern string, args []*types.Type) bool {
	kinds := map[byte]types.Kind{'d': types.Int64, 's': types.String}
	n := 0
	for _, directive := range plainDirective.FindAllString(pattern, -1) {
		verb := directive[len(directive)-1]
		if verb == '%' {
			continue
		}
		if n == len(args) || args[n].Kind != kinds[verb] {
			return false
		}
		n++
	}
	return n > 0 && n == len(args) && !strings.Contains(plainDirective.ReplaceAllString(pattern, ""), "%")
}

// formatted is a value as text for FORMAT. What is structured is a list in JSON, of the texts of its elements or of its
// fields, whose names may be none or the same.
func formatted(s function.Statement, x string, typ *types.Type) string {
	switch typ.Kind {
	case types.Array:
		e := s.Fresh("e")
		return fmt.Sprintf("'[' || array_to_string(list_transform(%s, lambda %s: %s), ',') || ']'", x, e, part(s, e, typ.Elem))
	case types.Struct:
		parts := make([]string, len(typ.Fields))
		for i, f := range typ.Fields {
			parts[i] = part(s, ducksql.Field(x, typ, i), f.Type)
		}
		return fmt.Sprintf("CASE WHEN %s IS NOT NULL THEN '[' || %s || ']' END", x, strings.Join(parts, " || ',' || "))
	case types.Bytes:
		return "lower(hex(" + x + "))"
	case types.String, types.JSON:
		return x
	case types.Geography:
		bqerror.Refuse("FORMAT of GEOGRAPHY")
		return ""
	case types.Bool:
		return "CAST(" + x + " AS VARCHAR)"
	default:
		return cast.Convert(s, x, typ, types.Of(types.String))
	}
}

// part is the text of a value within another, in JSON.
func part(s function.Statement, x string, typ *types.Type) string {
	if typ.Kind == types.Array || typ.Kind == types.Struct {
		return "coalesce(" + formatted(s, x, typ) + ", 'null')"
	}
	return "coalesce(bq_quote_json(" + formatted(s, x, typ) + "), 'null')"
}

// formatter carries out FORMAT. Arguments come in pairs: the GoogleSQL type,
// and the value as text.
type formatter struct {
	format string
	args   []driver.Value
	null   bool
}

func (f *formatter) run() (any, error) {
	var b strings.Builder
	for i := 0; i < len(f.format); i++ {
		if f.format[i] != '%' {
			b.WriteByte(f.format[i])
			continue
		}
		if i+1 < len(f.format) && f.format[i+1] == '%' {
			b.WriteByte('%')
			i++
			continue
		}
		d, next, err := f.directive(i + 1)
		if err != nil {
			return nil, err
		}
		i = next
		s, err := f.value(d)
		if err != nil {
			return nil, err
		}
		b.WriteString(pad(s, d))
	}
	if len(f.args) > 0 {
		return nil, function.Errorf("Too many arguments to FORMAT for pattern %q", f.format)
	}
	if f.null {
		return nil, nil
	}
	return b.String(), nil
}

// directive reads a directive and returns the index of its last byte.
func (f *formatter) directive(i int) (directive, int, error) {
	d := directive{width: -1, precision: -1}
	start := i
	for i < len(f.format) && strings.IndexByte("-+ #0'", f.format[i]) >= 0 {
		i++
	}
	d.flags = f.format[start:i]
	var err error
	if d.width, i, err = f.number(i); err != nil {
		return d, i, err
	}
	if d.width < -1 {
		d.flags, d.width = d.flags+"-", -d.width
	}
	if i < len(f.format) && f.format[i] == '.' {
		digits := i + 1
		if d.precision, i, err = f.number(digits); err != nil {
			return d, i, err
		}
		if i == digits { // a point alone
			d.precision = 0
		}
	}
	if max(d.width, d.precision) > widest && !strings.ContainsRune("sgG", rune(f.format[min(i, len(f.format)-1)])) || d.width > widest {
		return d, i, function.Errorf("Output of FORMAT is wider than %d characters for pattern %q", widest, f.format)
	}
	if i >= len(f.format) {
		return d, i, function.Errorf("Invalid format specifier at the end of %q", f.format)
	}
	d.verb = f.format[i]
	return d, i, nil
}

// number reads digits, or takes an argument for *.
func (f *formatter) number(i int) (int, int, error) {
	if i < len(f.format) && f.format[i] == '*' {
		_, v, err := f.next()
		if err != nil {
			return 0, i, err
		}
		s, given := v.(string)
		if !given {
			f.null = true
			return -1, i + 1, nil
		}
		n, err := strconv.Atoi(s)
		return n, i + 1, err
	}
	end := i
	for end < len(f.format) && f.format[end] >= '0' && f.format[end] <= '9' {
		end++
	}
	if end == i {
		return -1, i, nil
	}
	n, err := strconv.Atoi(f.format[i:end])
	return n, end, err
}

// next takes the next argument.
func (f *formatter) next() (typ string, v driver.Value, err error) {
	if len(f.args) < 2 {
		return "", nil, function.Errorf("Too few arguments to FORMAT for pattern %q", f.format)
	}
	typ, _ = f.args[0].(string)
	v = f.args[1]
	f.args = f.args[2:]
	return typ, v, nil
}

func (f *formatter) value(d directive) (string, error) {
	typ, v, err := f.next()
	if err != nil {
		return "", err
	}
	if d.verb == 't' || d.verb == 'T' {
		return d.cut(printed(typ, v, d.verb == 'T')), nil
	}
	if v == nil {
		f.null = true
		return "", nil
	}
	s, _ := v.(string)
	switch d.verb {
	case 'd', 'i', 'u':
		return integerText(s, d)
	case 'x', 'X', 'o':
		return radix(s, d)
	case 'f', 'F', 'e', 'E', 'g', 'G':
		return floatText(s, typ, d)
	case 's':
		return d.cut(s), nil
	case 'p':
		return s, nil
	case 'P':
		var v any
		if err := json.Unmarshal([]byte(s), &v); err != nil {
			return "", err
		}
		b, err := json.MarshalIndent(v, "", "  ")
		return string(b), err
	}
	return "", function.Errorf("Invalid format specifier character %q in FORMAT string: %q", d.verb, f.format)
}

// directive is one %-directive.
type directive struct {
	flags     string
	width     int // -1 for none
	precision int // -1 for none
	verb      byte
}

func (d directive) has(flag byte) bool { return strings.IndexByte(d.flags, flag) >= 0 }

// widest is how many characters a directive may fill.
const widest = 1 << 20

// cut keeps so many characters of a text as the precision says.
func (d directive) cut(s string) string {
	if d.precision < 0 {
		return s
	}
	r := []rune(s)
	return string(r[:min(len(r), d.precision)])
}

func integerText(s string, d directive) (string, error) {
	n, ok := new(big.Int).SetString(s, 10)
	if !ok {
		return "", function.Errorf("FORMAT %%%c needs an integer, not %q", d.verb, s)
	}
	digits := new(big.Int).Abs(n).String()
	for len(digits) < d.precision {
		digits = "0" + digits
	}
	if d.has('\'') {
		digits = grouped(digits, 3, ",")
	}
	return signed(digits, n.Sign() < 0, d), nil
}

// signed adds a sign, and zeros to the width if asked for.
func signed(digits string, negative bool, d directive) string {
	sign := ""
	switch {
	case negative:
		sign = "-"
	case d.has('+'):
		sign = "+"
	case d.has(' '):
		sign = " "
	}
	if d.has('0') && !d.has('-') && (d.precision < 0 || strings.IndexByte("dixXou", d.verb) < 0) {
		for len(sign)+len(digits) < d.width {
			digits = "0" + digits
		}
	}
	return sign + digits
}

// grouped separates groups of so many digits.
func grouped(digits string, size int, separator string) string {
	for i := len(digits) - size; i > 0; i -= size {
		digits = digits[:i] + separator + digits[i:]
	}
	return digits
}

func radix(s string, d directive) (string, error) {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return "", function.Errorf("FORMAT %%%c needs an integer, not %q", d.verb, s)
	}
	base := map[byte]int{'x': 16, 'X': 16, 'o': 8}[d.verb]
	digits := strings.TrimPrefix(strconv.FormatInt(n, base), "-")
	for len(digits) < d.precision {
		digits = "0" + digits
	}
	if d.has('\'') {
		digits = grouped(digits, 4, map[int]string{16: ":", 8: ","}[base])
	}
	if d.has('#') && n != 0 {
		digits = map[byte]string{'x': "0x", 'X': "0x", 'o': "0"}[d.verb] + digits
	}
	out := signed(digits, n < 0, d)
	if d.verb == 'X' {
		out = strings.ToUpper(out)
	}
	return out, nil
}

func floatText(s, typ string, d directive) (string, error) {
	precision := d.precision
	if precision < 0 {
		precision = 6
	}
	if (typ == "NUMERIC" || typ == "BIGNUMERIC") && (d.verb == 'f' || d.verb == 'F') {
		if r, ok := new(big.Rat).SetString(s); ok {
			return decorated(new(big.Rat).Abs(r).FloatString(precision), r.Sign() < 0, d), nil
		}
	}
	x, err := cast.ParseFloat(s)
	if err != nil {
		return "", err
	}
	v := x.(float64)
	if math.IsNaN(v) || math.IsInf(v, 0) {
		name := map[bool]string{true: "nan", false: "inf"}[math.IsNaN(v)]
		if d.verb >= 'A' && d.verb <= 'Z' {
			name = strings.ToUpper(name)
		}
		return strings.TrimLeft(signed(name, math.Signbit(v) && !math.IsNaN(v), d), "0"), nil
	}
	verb := d.verb
	if verb == 'F' {
		verb = 'f'
	}
	const digits = 1100 // no FLOAT64 has more of them
	alternate := ""
	if d.has('#') {
		alternate = "#"
	}
	text := fmt.Sprintf("%"+alternate+".*"+string(verb), min(precision, digits), math.Abs(v))
	if verb != 'g' && verb != 'G' && precision > digits {
		mantissa, exponent, _ := strings.Cut(text, "e")
		text = mantissa + strings.Repeat("0", precision-digits) + text[len(mantissa):len(text)-len(exponent)] + exponent
	}
	return decorated(text, math.Signbit(v), d), nil
}

// decorated adds the separators of thousands and the sign.
func decorated(text string, negative bool, d directive) string {
	if d.has('\'') {
		whole := len(text) - len(strings.TrimLeft(text, "0123456789"))
		text = grouped(text[:whole], 3, ",") + text[whole:]
	}
	return signed(text, negative, d)
}

func pad(s string, d directive) string {
	missing := d.width - utf8.RuneCountInString(s)
	if missing <= 0 {
		return s
	}
	if d.has('-') {
		return s + strings.Repeat(" ", missing)
	}
	return strings.Repeat(" ", missing) + s
}
