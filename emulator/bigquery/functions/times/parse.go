package times

import (
	"database/sql/driver"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/tallystream/tallystream/emulator/bigquery/function"
)

// parsing are functions that read times by a format of strftime's elements.
var parsing = function.Group{
	Scalars: map[string]function.Scalar{
		"parse_date":     function.SQL("CAST(bq_parse_time($1, $2, 'UTC', 'DATE') AS DATE)"),
		"parse_datetime": function.SQL("bq_parse_time($1, $2, 'UTC', 'DATETIME')"),
		"parse_time":     function.SQL("CAST(bq_parse_time($1, $2, 'UTC', 'TIME') AS TIME)"),
		"parse_timestamp": func(c *function.Call) string {
			return c.Fill("bq_parse_time($1, $2, ") + c.Arg(2, c.Zone()) + ", 'TIMESTAMP')"
		},
	},
	Natives: []function.Native{
		{Name: "bq_parse_time", Args: function.Types{function.Text, function.Text, function.Text, function.Text}, Result: function.Timestamp, Call: func(a []driver.Value) (any, error) {
			return parseTime(a[0].(string), a[1].(string), a[2].(string), a[3].(string))
		}},
	},
}

// blanks are what may stand for one another: any of them in a format is any number of them in the text.
const blanks = " \t\n\v\f\r"

// parser reads a text by a format.
type parser struct {
	rest                 string
	spaced               bool // what is read may have blanks before it
	cast                 bool // the format is one of CAST
	days                 days
	century, inCentury   int // of the year, -1 for none
	hour, minute, second int
	micros               int
	twelve, pm           bool // the hour is one of twelve; in the afternoon
	unix                 *int64
	loc                  *time.Location
}

func parseTime(format, s, zoneText, kind string) (any, error) {
	return parseAs(new(parser), format, s, zoneText, kind)
}

func parseAs(p *parser, format, s, zoneText, kind string) (any, error) {
	loc, err := zone(zoneText)
	if err != nil {
		return nil, err
	}
	p.rest, p.days, p.century, p.inCentury, p.loc = strings.TrimLeft(s, blanks), noDays, -1, -1, loc
	if err := p.format(strings.TrimSuffix(format, "\x00"), kind); err != nil {
		return nil, function.Errorf("Failed to parse input string %q: %v", s, err)
	}
	if p.rest = strings.TrimLeft(p.rest, blanks); p.rest != "" {
		return nil, function.Errorf("Failed to parse input string %q", s)
	}
	t, err := p.time()
	if err != nil || t.Year() < 1 || t.Year() > 9999 {
		return nil, function.Errorf("Failed to parse input string %q", s)
	}
	return t, nil
}

// time puts the parts together.
func (p *parser) time() (time.Time, error) {
	if p.unix != nil {
		return time.Unix(*p.unix, 0).UTC(), nil // whose year is checked
	}
	if p.twelve && p.pm {
		p.hour += 12
	}
	second := p.second
	if second == 60 { // a leap second is the next minute
		second = 59
	}
	if p.century >= 0 {
		p.days.year = p.century*100 + max(p.inCentury, 0)
	}
	year, month, day, err := p.days.resolve()
	if err != nil {
		return time.Time{}, err
	}
	t := time.Date(year, time.Month(month), day, p.hour, p.minute, second, 0, time.UTC)
	if int(t.Month()) != month || t.Day() != day || t.Hour() != p.hour {
		return time.Time{}, function.Errorf("no such time")
	}
	if p.second == 60 {
		t = t.Add(time.Second)
	}
	return local(t.Add(time.Duration(p.micros)*time.Microsecond), p.loc).UTC(), nil
}

func (p *parser) format(format, kind string) error {
	for i := 0; i < len(format); i++ {
		switch c := format[i]; {
		case strings.IndexByte(blanks, c) >= 0:
			p.rest = strings.TrimLeft(p.rest, blanks)
			continue
		case c != '%':
			if p.rest == "" || p.rest[0] != c {
				return function.Errorf("it lacks %q of the format", format[i:])
			}
			p.rest = p.rest[1:]
			continue
		}
		if i++; i == len(format) {
			return function.Errorf("the format ends with %%")
		}
		e, modifier := format[i], byte(0)
		if (e == 'E' || e == 'O') && i+1 < len(format) {
			i++
			modifier = e
			if e = format[i]; (e == '*' || e >= '0' && e <= '9') && i+1 < len(format) {
				if err := p.sized(e, format[i+1]); err != nil {
					return err
				}
				i++
				continue
			}
		}
		p.days.at++
		last := i+1 == len(format) || format[i+1] != '%'
		if err := p.element(e, modifier, last, kind); err != nil {
			return err
		}
	}
	return nil
}

// sized reads %E4Y, four digits of a year, or %E*S and %E3S: seconds with a fraction, of at most so many digits. In a format of
// CAST, %E3f is a fraction that is rounded to so many digits.
func (p *parser) sized(size, e byte) error {
	if e == 'f' && p.cast {
		return p.fraction(int(size - '0'))
	}
	if size == '4' && e == 'Y' {
		if len(p.rest) < 4 || strings.Trim(p.rest[:4], "0123456789") != "" {
			return function.Errorf("expected a year of four digits")
		}
		return p.element('Y', 0, false, "")
	}
	if e != 'S' || size > '6' && size <= '9' {
		return function.Errorf("the format element %%E%c%c doesn't exist", size, e)
	}
	if err := p.number(&p.second, 2, 0, 60); err != nil {
		return err
	}
	if size == '0' || !strings.HasPrefix(p.rest, ".") {
		return nil
	}
	digits := len(p.rest) - 1 - len(strings.TrimLeft(p.rest[1:], "0123456789"))
	if size != '*' {
		digits = min(digits, int(size-'0'))
	}
	if digits == 0 {
		return function.Errorf("expected digits behind the point")
	}
	p.micros = int(nanoseconds(p.rest[1:1+digits]) / time.Microsecond)
	p.rest = p.rest[1+digits:]
	return nil
}

// fraction reads the digits of a second's fraction and rounds them.
func (p *parser) fraction(digits int) error {
	n := len(p.rest) - len(strings.TrimLeft(p.rest, "0123456789"))
	if n == 0 || n > 9 {
		return function.Errorf("expected from 1 to 9 digits of a second's fraction")
	}
	to := time.Microsecond
	for range 6 - digits {
		to *= 10
	}
	p.micros = int(nanoseconds(p.rest[:n]).Round(to) / time.Microsecond)
	p.rest = p.rest[n:]
	return nil
}

// number reads up to digits digits.
func (p *parser) number(into *int, digits, low, high int) error {
	if p.spaced {
		p.rest = strings.TrimLeft(p.rest, blanks)
	}
	n := 0
	for n < digits && n < len(p.rest) && p.rest[n] >= '0' && p.rest[n] <= '9' {
		n++
	}
	v, err := strconv.Atoi(p.rest[:n])
	if err != nil || v < low || v > high {
		return function.Errorf("expected a number from %d to %d", low, high)
	}
	*into, p.rest = v, p.rest[n:]
	return nil
}

// name reads one of several names, or its first three letters.
func (p *parser) name(into *int, count int, nameOf func(int) string) error {
	for i := range count {
		full := nameOf(i)
		for _, s := range []string{full, full[:3]} {
			if len(p.rest) >= len(s) && strings.EqualFold(p.rest[:len(s)], s) {
				*into, p.rest = i, p.rest[len(s):]
				return nil
			}
		}
	}
	return function.Errorf("expected a name")
}

// element reads one element of a format, where another follows at once unless it is the last.
func (p *parser) element(e, modifier byte, last bool, kind string) error {
	defer func(spaced bool) { p.spaced = spaced }(p.spaced)
	p.spaced = p.spaced || strings.IndexByte("ekuwIl", e) >= 0 || modifier == 'O' && strings.IndexByte("dHmMSy", e) >= 0
	if c, ok := composed[e]; ok {
		return p.composed(e, c, kind)
	}
	if handled, err := p.dayElement(e, last); handled {
		return err
	}
	switch e {
	case 'H', 'k':
		p.twelve = p.twelve && e == 'k'
		return p.number(&p.hour, 2, 0, 23)
	case 'I', 'l':
		err := p.number(&p.hour, 2, 1, 12)
		p.hour, p.twelve = p.hour%12, true
		return err
	case 'M':
		return p.number(&p.minute, 2, 0, 59)
	case 'S':
		return p.number(&p.second, 2, 0, 60)
	case 'p', 'P':
		return p.meridiem()
	case 's':
		return p.seconds1970()
	case 'Z':
		return p.zone(zoneWord)
	case 'z':
		if modifier == 'E' {
			return p.zone(zoneColon)
		}
		return p.zone(zoneDigits)
	case 'n', 't':
		p.rest = strings.TrimLeft(p.rest, blanks)
		return nil
	case '%':
		if !strings.HasPrefix(p.rest, "%") {
			return function.Errorf("expected %%")
		}
		p.rest = p.rest[1:]
		return nil
	}
	return function.Errorf("the format element %%%c is not supported by this emulator", e)
}

func (p *parser) meridiem() error {
	if len(p.rest) < 2 {
		return function.Errorf("expected AM or PM")
	}
	switch strings.ToUpper(p.rest[:2]) {
	case "AM":
		p.pm = false
	case "PM":
		p.pm = true
	default:
		return function.Errorf("expected AM or PM")
	}
	p.rest = p.rest[2:]
	return nil
}

// seconds1970 reads seconds since 1970.
func (p *parser) seconds1970() error {
	n := len(p.rest) - len(strings.TrimLeft(p.rest, "-0123456789"))
	v, err := strconv.ParseInt(p.rest[:n], 10, 64)
	if err != nil {
		return function.Errorf("expected seconds since 1970")
	}
	p.unix, p.rest = &v, p.rest[n:]
	return nil
}

// zone reads a time zone of a form.
func (p *parser) zone(form *regexp.Regexp) error {
	name := form.FindString(p.rest)
	p.rest = p.rest[len(name):]
	if name == "Z" && form == zoneColon {
		name = "UTC"
	}
	if name == "" {
		return function.Errorf("expected a time zone")
	}
	loc, err := zone(name)
	if err != nil {
		return err
	}
	p.loc = loc
	return nil
}

// The forms of a time zone: of %Z, %z and %Ez.
var (
	zoneWord   = regexp.MustCompile(`^[^ \t\n\v\f\r]+`)
	zoneDigits = regexp.MustCompile(`^[+-]\d{2}(?:\d{2})?`)
	zoneColon  = regexp.MustCompile(`^(?:Z|[+-]\d{2}(?::?\d{2})?)`)
)
