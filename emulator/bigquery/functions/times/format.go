package times

import (
	"database/sql/driver"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tallystream/tallystream/emulator/bigquery/function"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// formatting are functions that write times by a format of strftime's elements.
var formatting = function.Group{
	Scalars: map[string]function.Scalar{
		"format_date":      formatted,
		"format_datetime":  formatted,
		"format_time":      formatted,
		"format_timestamp": formatted,
	},
	Natives: []function.Native{
		{Name: "bq_format_time", Args: function.Types{function.Text, function.Timestamp, function.Text, function.Text}, Result: function.Text, Call: func(a []driver.Value) (any, error) {
			t, err := inZone(a[1].(time.Time), a[2].(string))
			if err != nil {
				return nil, err
			}
			return formatTime(a[0].(string), t, a[3].(string))
		}},
	},
}

// formatted writes a value by its own type: FORMAT_DATE takes a DATETIME too, and FORMAT_DATETIME a TIMESTAMP and a zone.
func formatted(c *function.Call) string {
	x := c.Args[1]
	switch c.Types[1].Kind {
	case types.Time:
		x = "DATE '1970-01-01' + " + x
	case types.Timestamp:
		return fmt.Sprintf("bq_format_time(%s, %s, %s, 'TIMESTAMP')", c.Args[0], x, c.Arg(2, c.Zone()))
	}
	return fmt.Sprintf("bq_format_time(%s, CAST(%s AS TIMESTAMP), 'UTC', '%s')", c.Args[0], x, c.Types[1].Kind)
}

// dateElements and clockElements are the elements that need a date or a time
// of day; a DATE has no time and a TIME no date.
const (
	dateElements  = "AaBbhCDdeFGgJjmQUuVWwxYyc"
	clockElements = "cHIklMPpRrSTX"
	zoneElements  = "Zzs"
)

// formatTime writes a time; kind is the GoogleSQL type of the value.
func formatTime(format string, t time.Time, kind string) (any, error) {
	var b strings.Builder
	for i := 0; i < len(format); i++ {
		if format[i] != '%' {
			b.WriteByte(format[i])
			continue
		}
		if i++; i == len(format) {
			b.WriteByte('%')
			break
		}
		modifier := byte(0)
		if (format[i] == 'E' || format[i] == 'O') && i+1 < len(format) {
			modifier = format[i]
			i++
		}
		if modifier == 'E' && (format[i] == '*' || format[i] >= '0' && format[i] <= '9') && i+1 < len(format) {
			digits := format[i]
			i++
			b.WriteString(fraction(t, digits, format[i], kind))
			continue
		}
		if kind == "DATE" && strings.IndexByte(clockElements+zoneElements, format[i]) >= 0 && format[i] != 'c' ||
			kind == "TIME" && strings.IndexByte(dateElements+zoneElements, format[i]) >= 0 ||
			kind == "DATETIME" && strings.IndexByte(zoneElements, format[i]) >= 0 && format[i] != 's' {
			b.WriteByte('%') // BigQuery leaves an element that doesn't apply as it is
			b.WriteByte(format[i])
			continue
		}
		b.WriteString(element(t, format[i], modifier))
	}
	return b.String(), nil
}

// fraction is %E3S and its like: seconds with digits, %E4Y: a year of four
// digits, or %E*z.
func fraction(t time.Time, digits, letter byte, kind string) string {
	switch {
	case letter == 'Y' && digits == '4':
		return fmt.Sprintf("%04d", t.Year())
	case letter == 'z':
		return t.Format("-07:00")
	case letter != 'S' || kind == "DATE":
		return "%E" + string(digits) + string(letter)
	}
	micros := fmt.Sprintf("%06d", t.Nanosecond()/1000)
	if digits == '*' {
		if micros = strings.TrimRight(micros, "0"); micros == "" {
			return fmt.Sprintf("%02d", t.Second())
		}
		return fmt.Sprintf("%02d.%s", t.Second(), micros)
	}
	n := int(digits - '0')
	if n == 0 {
		return fmt.Sprintf("%02d", t.Second())
	}
	return fmt.Sprintf("%02d.%s", t.Second(), (micros + "000")[:n])
}

// composed are elements made of others.
var composed = map[byte]string{
	'c': "%a %b %e %H:%M:%S %Y", 'D': "%m/%d/%y", 'F': "%Y-%m-%d", 'R': "%H:%M", 'r': "%I:%M:%S %p",
	'T': "%H:%M:%S", 'X': "%H:%M:%S", 'x': "%m/%d/%y",
}

// modified are the elements that the modifiers E and O go with.
var modified = map[byte]string{'E': "cCxXyYz", 'O': "deHImMSuUVwWy"}

// numbers are the elements that write a number: how it is written, and which it is.
var numbers = map[byte]struct {
	format string
	of     func(time.Time) int
}{
	'C': {"%02d", func(t time.Time) int { return t.Year() / 100 }},
	'd': {"%02d", time.Time.Day},
	'e': {"%2d", time.Time.Day},
	'G': {"%d", isoYear},
	'g': {"%02d", func(t time.Time) int { return isoYear(t) % 100 }},
	'H': {"%02d", time.Time.Hour},
	'I': {"%02d", hour12},
	'J': {"%03d", isoDay},
	'j': {"%03d", time.Time.YearDay},
	'k': {"%2d", time.Time.Hour},
	'l': {"%2d", hour12},
	'M': {"%02d", time.Time.Minute},
	'm': {"%02d", func(t time.Time) int { return int(t.Month()) }},
	'Q': {"%d", func(t time.Time) int { return (int(t.Month()) + 2) / 3 }},
	'S': {"%02d", time.Time.Second},
	's': {"%d", func(t time.Time) int { return int(t.Unix()) }},
	'U': {"%02d", func(t time.Time) int { return (t.YearDay() + 6 - int(t.Weekday())) / 7 }},
	'u': {"%d", func(t time.Time) int { return sinceMonday(t) + 1 }},
	'V': {"%02d", func(t time.Time) int { _, week := t.ISOWeek(); return week }},
	'W': {"%02d", func(t time.Time) int { return (t.YearDay() + 6 - sinceMonday(t)) / 7 }},
	'w': {"%d", func(t time.Time) int { return int(t.Weekday()) }},
	'Y': {"%d", time.Time.Year},
	'y': {"%02d", func(t time.Time) int { return t.Year() % 100 }},
}

// texts are the elements that write a text.
var texts = map[byte]func(time.Time) string{
	'A': func(t time.Time) string { return t.Weekday().String() },
	'a': func(t time.Time) string { return t.Weekday().String()[:3] },
	'B': func(t time.Time) string { return t.Month().String() },
	'b': shortMonth,
	'h': shortMonth,
	'n': func(time.Time) string { return "\n" },
	'P': func(t time.Time) string { return t.Format("pm") },
	'p': func(t time.Time) string { return t.Format("PM") },
	't': func(time.Time) string { return "\t" },
	'Z': zoneName,
	'z': func(t time.Time) string { return t.Format("-0700") },
	'%': func(time.Time) string { return "%" },
}

// element writes one element of a format; one that doesn't exist stays as it is.
func element(t time.Time, e, modifier byte) string {
	if modifier != 0 && strings.IndexByte(modified[modifier], e) < 0 {
		return string([]byte{'%', modifier, e})
	}
	if modifier == 'E' && e == 'z' {
		return t.Format("-07:00")
	}
	if c, ok := composed[e]; ok {
		s, _ := formatTime(c, t, "TIMESTAMP") // these elements can't fail
		return s.(string)
	}
	if n, ok := numbers[e]; ok {
		return fmt.Sprintf(n.format, n.of(t))
	}
	if text, ok := texts[e]; ok {
		return text(t)
	}
	return string(slices.DeleteFunc([]byte{'%', modifier, e}, func(c byte) bool { return c == 0 }))
}

func shortMonth(t time.Time) string { return t.Month().String()[:3] }

// hour12 is the hour from 1 to 12.
func hour12(t time.Time) int { return (t.Hour()+11)%12 + 1 }

// sinceMonday is how many days of the week are over.
func sinceMonday(t time.Time) int { return (int(t.Weekday()) + 6) % 7 }

func isoYear(t time.Time) int {
	year, _ := t.ISOWeek()
	return year
}

// isoDay is the day of the ISO year, from 1.
func isoDay(t time.Time) int {
	fourth := time.Date(isoYear(t), 1, 4, 0, 0, 0, 0, time.UTC) // always in the first ISO week
	first := fourth.AddDate(0, 0, -sinceMonday(fourth))
	return int(naive(t).Sub(first).Hours()/24) + 1
}

// zoneName is a zone as BigQuery names it: UTC, or its offset.
func zoneName(t time.Time) string {
	_, seconds := t.Zone()
	if seconds == 0 {
		return "UTC"
	}
	if seconds%3600 == 0 {
		return fmt.Sprintf("UTC%+d", seconds/3600)
	}
	return fmt.Sprintf("UTC%+03d:%02d", seconds/3600, max(seconds%3600, -(seconds%3600))/60)
}
