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
	rest                         string
	year, month, day             int
	century, inCentury           int // of the year, -1 for none
	yearDay                      int
	week                         week
	hour, hour12, minute, second int
	micros                       int
	pm                           bool
	unix                         *int64
	loc                          *time.Location
}

func parseTime(format, s, zoneText, kind string) (any, error) {
	loc, err := zone(zoneText)
	if err != nil {
		return nil, err
	}
	p := &parser{rest: s, year: 1970, month: 1, day: 1, hour12: -1, century: -1, inCentury: -1, week: noWeek, loc: loc}
	if err := p.format(format, kind); err != nil {
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
	if p.hour12 >= 0 {
		p.hour = p.hour12 % 12
		if p.pm {
			p.hour += 12
		}
	}
	second := p.second
	if second == 60 { // a leap second is the next minute
		second = 59
	}
	if p.century >= 0 {
		p.year = p.century*100 + max(p.inCentury, 0)
	}
	t, err := makeTime(int64(p.year), int64(p.month), int64(p.day), int64(p.hour), int64(p.minute), int64(second))
	if err != nil {
		return t, err
	}
	switch day, weekly, err := p.week.day(p.year); {
	case err != nil:
		return t, err
	case p.yearDay > 0:
		if t = time.Date(p.year, 1, p.yearDay, p.hour, p.minute, second, 0, time.UTC); t.Year() != p.year {
			return t, function.Errorf("no such day")
		}
	case weekly:
		t = time.Date(day.Year(), day.Month(), day.Day(), p.hour, p.minute, second, 0, time.UTC)
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
		e := format[i]
		if (e == 'E' || e == 'O') && i+1 < len(format) {
			i++
			if e = format[i]; (e == '*' || e >= '0' && e <= '9') && i+1 < len(format) {
				if err := p.sized(e, format[i+1]); err != nil {
					return err
				}
				i++
				continue
			}
		}
		if err := p.element(e, kind); err != nil {
			return err
		}
	}
	return nil
}

// sized reads %E4Y, four digits of a year, or %E*S and %E3S: seconds with a fraction, of at most so many digits.
func (p *parser) sized(size, e byte) error {
	if size == '4' && e == 'Y' {
		if len(p.rest) < 4 || strings.Trim(p.rest[:4], "0123456789") != "" {
			return function.Errorf("expected a year of four digits")
		}
		return p.element('Y', "")
	}
	if e != 'S' {
		return function.Errorf("the format element %%E%c%c doesn't exist", size, e)
	}
	if err := p.number(&p.second, 2, 0, 60); err != nil {
		return err
	}
	if !strings.HasPrefix(p.rest, ".") {
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

// number reads up to digits digits.
func (p *parser) number(into *int, digits, low, high int) error {
	p.rest = strings.TrimLeft(p.rest, blanks)
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

// element reads one element of a format.
func (p *parser) element(e byte, kind string) error {
	if c, ok := composed[e]; ok {
		return p.format(c, kind)
	}
	switch e {
	case 'Y':
		p.century, p.inCentury = -1, -1
		return p.number(&p.year, 4, 0, 9999)
	case 'y':
		if err := p.number(&p.year, 2, 0, 99); err != nil {
			return err
		}
		p.inCentury = p.year
		if p.year += 1900; p.year < 1969 {
			p.year += 100
		}
		return nil
	case 'C':
		return p.number(&p.century, 2, 0, 99)
	case 'm':
		return p.number(&p.month, 2, 1, 12)
	case 'd', 'e':
		return p.number(&p.day, 2, 1, 31)
	case 'j':
		return p.number(&p.yearDay, 3, 1, 366)
	case 'H', 'k':
		return p.number(&p.hour, 2, 0, 23)
	case 'I', 'l':
		return p.number(&p.hour12, 2, 1, 12)
	case 'M':
		return p.number(&p.minute, 2, 0, 59)
	case 'S':
		return p.number(&p.second, 2, 0, 60)
	case 'B', 'b', 'h':
		err := p.name(&p.month, 12, func(i int) string { return time.Month(i + 1).String() })
		p.month++
		return err
	case 'A', 'a':
		return p.name(&p.week.weekday, 7, func(i int) string { return time.Weekday(i).String() })
	case 'u':
		err := p.number(&p.week.weekday, 1, 1, 7)
		p.week.weekday %= 7
		return err
	case 'w':
		return p.number(&p.week.weekday, 1, 0, 6)
	case 'U', 'W':
		p.week.from = map[byte]time.Weekday{'U': time.Sunday, 'W': time.Monday}[e]
		return p.number(&p.week.number, 2, 0, 53)
	case 'V':
		return p.number(&p.week.iso, 2, 1, 53)
	case 'G':
		return p.number(&p.week.isoYear, 4, 0, 9999)
	case 'g':
		if err := p.number(&p.week.isoYear, 2, 0, 99); err != nil {
			return err
		}
		if p.week.isoYear += 1900; p.week.isoYear < 1969 {
			p.week.isoYear += 100
		}
		return nil
	case 'p', 'P':
		return p.meridiem()
	case 'Q':
		quarter := 0
		err := p.number(&quarter, 1, 1, 4)
		p.month = quarter*3 - 2
		return err
	case 's':
		return p.seconds1970()
	case 'Z', 'z':
		return p.zone()
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

func (p *parser) zone() error {
	name := zonePrefix.FindString(p.rest)
	length := len(name)
	if length == 0 {
		return function.Errorf("expected a time zone")
	}
	if name == "Z" {
		name = "UTC"
	}
	loc, err := zone(name)
	if err != nil {
		return err
	}
	p.loc, p.rest = loc, p.rest[length:]
	return nil
}

var zonePrefix = regexp.MustCompile(`^(?:Z|[+-]\d{2}:?\d{2}|[+-]\d{2}|[A-Za-z][A-Za-z0-9_+\-/]*)`)
