// Package timestamp reads times and days in the forms that programs write by
// default, as far as a form can mean one moment only. docs/records.md lists the
// forms for producers.
//
// Texts come in many forms: ISO 8601 and RFC 3339, as Java, Python, JavaScript,
// Go, .NET and PostgreSQL vary it; RFC 1123, RFC 2822, ctime and what
// Date.toString writes; and the time since 1970 in digits. JSON numbers are the
// time since 1970, or the days. JSON arrays are what Jackson makes of Java's times.
//
// A time without a zone is UTC. A fraction of a second is cut to microseconds,
// which is BigQuery's resolution.
//
// An error completes a sentence that begins with the value: it says why the value
// can't be read, such as "is a day without a time".
package timestamp

import (
	"errors"
	"strings"
	"time"

	"cloud.google.com/go/civil"

	"github.com/tallystream/tallystream/shared/election/canonical"
	"github.com/tallystream/tallystream/shared/election/decimal"
)

// Parse reads a time from a text.
func Parse(s string) (time.Time, error) {
	if t, ok := parseRFC3339(s); ok {
		return t, nil
	}
	m, err := parseMoment(s)
	return m.at, err
}

// ParseDate reads a day from the text of a day or of a time. Of a time it is the day
// in the zone that the time is written in.
func ParseDate(s string) (civil.Date, error) {
	if day, ok := parseDay(s); ok && len(s) == len("2006-01-02") {
		return civil.DateOf(day), nil
	}
	return dayOf(parseMoment(s))
}

// moment is a time in UTC, and the day that it was in the zone it was written in.
type moment struct{ at, day time.Time }

// dayOf returns the day of what was read, which may be a day without a time.
func dayOf(m moment, err error) (civil.Date, error) {
	if err != nil && !errors.Is(err, errNoTimeOfDay) {
		return civil.Date{}, err
	}
	return civil.DateOf(m.day), nil
}

// Why a value isn't read as a time.
var (
	errNotTime       = errors.New("isn't a form of time that is read")
	errEmptyTime     = errors.New("is empty")
	errNoTimeOfDay   = errors.New("is a day without a time")
	errNoSuchDay     = errors.New("is no day of the calendar")
	errNoSuchTime    = errors.New("has no such hour, minute or second (midnight is 00:00 of the next day)")
	errLeapSecond    = errors.New("has a second 60, which a leap second has, at 23:59 UTC")
	errYear          = errors.New("lies outside the years 1 to 9999")
	errTwoDigitYear  = errors.New("has a year of two digits")
	errWeekday       = errors.New("names a weekday that its date isn't")
	errDayOrder      = errors.New("puts day and month in an order that can't be told: 02/03 is 2 March or 3 February")
	errHalfDay       = errors.New("is written for a country's readers, by the clock of twelve hours and without a zone")
	errFraction      = errors.New("has a fraction that isn't one of its seconds in digits")
	errZoneName      = errors.New("names a zone without its offset from UTC")
	errAbbreviation  = errors.New("abbreviates its zone by letters that mean several offsets (CST is -06:00 and +08:00)")
	errZone          = errors.New("has a zone that isn't an offset from UTC")
	errEpochRange    = errors.New("is no time from 2000 to 2099 in seconds, milliseconds, microseconds or nanoseconds since 1970")
	errTicks         = errors.New("looks like the ticks of .NET: they aren't read")
	errSerialDay     = errors.New("looks like the day number of a spreadsheet: it isn't read")
	errCriticalNote  = errors.New("has an annotation in brackets that must be understood, and isn't")
	errNotComponents = errors.New("isn't [year, month, day, hour, minute, second, nanosecond] in whole numbers, of which the last two may be left out")
)

// parseMoment reads a time or a day in any form.
func parseMoment(s string) (moment, error) {
	const longest = 200 // bytes of any form
	if len(s) > longest {
		return moment{}, errNotTime
	}
	// ISO 8601 allows the sign U+2212 before the offset of a western zone.
	s = strings.ReplaceAll(canonical.Text(s), "\u2212", "-")
	switch {
	case s == "":
		return moment{}, errEmptyTime
	case decimal.AllDigits(s[:1]) || s[0] == '-':
		if d, ok := decimal.Parse(s); ok {
			return parseEpoch(d)
		}
	case strings.HasPrefix(s, "/Date("):
		return parseNetJSON(s)
	}
	for _, parse := range []func(string) (moment, bool, error){parseYearFirst, parseDayMonthName, parseWeekdayFirst} {
		if m, is, err := parse(s); is {
			return m, err
		}
	}
	return moment{}, explainText(s)
}

// parseRFC3339 reads the form that most records have. It takes a space for the T,
// a comma before the fraction, and any offset that parseOffset reads. It is several
// times faster than time.Parse with one layout after another.
func parseRFC3339(s string) (time.Time, bool) {
	date, ok := parseDay(s)
	if !ok || len(s) < len("2006-01-02T15:04:05") || (s[10] != 'T' && s[10] != 't' && s[10] != ' ') {
		return time.Time{}, false
	}
	hour, ok1 := digits(s[11:13])
	minute, ok2 := digits(s[14:16])
	second, ok3 := digits(s[17:19])
	if !ok1 || !ok2 || !ok3 || s[13] != ':' || s[16] != ':' || hour > 23 || minute > 59 || second > 59 {
		return time.Time{}, false
	}
	micros, rest, ok := parseFraction(s[19:])
	if !ok {
		return time.Time{}, false
	}
	offset, ok := parseOffset(rest)
	if !ok {
		return time.Time{}, false
	}
	t := date.Add(time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute +
		time.Duration(second)*time.Second + time.Duration(micros)*time.Microsecond - offset)
	return t, storable(t)
}

// storable reports whether BigQuery's TIMESTAMP can hold t: the offset of a zone may
// lead out of its range.
func storable(t time.Time) bool { return t.Year() >= 1 && t.Year() <= 9999 }

// parseDay reads the YYYY-MM-DD that s begins with.
func parseDay(s string) (time.Time, bool) {
	if len(s) < len("2006-01-02") || s[4] != '-' || s[7] != '-' {
		return time.Time{}, false
	}
	year, ok1 := digits(s[0:4])
	month, ok2 := digits(s[5:7])
	day, ok3 := digits(s[8:10])
	if !ok1 || !ok2 || !ok3 {
		return time.Time{}, false
	}
	return calendarDay(year, month, day)
}

// calendarDay returns the beginning of a day in UTC; false if there is no such day.
func calendarDay(year, month, day int) (time.Time, bool) {
	t := time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
	// time.Date turns 31 April into 1 May.
	return t, year >= 1 && year <= 9999 && t.Day() == day && int(t.Month()) == month
}

// parseFraction reads the fraction of a second that s may begin with, in whole
// microseconds, and returns what follows it.
func parseFraction(s string) (micros int, rest string, ok bool) {
	if s == "" || (s[0] != '.' && s[0] != ',') {
		return 0, s, true
	}
	n := 1
	for ; n < len(s) && '0' <= s[n] && s[n] <= '9'; n++ {
		if n <= 6 {
			micros = micros*10 + int(s[n]-'0')
		}
	}
	for i := n; i <= 6; i++ {
		micros *= 10
	}
	return micros, s[n:], n > 1
}

// parseOffset reads a zone as an offset east of UTC: nothing, Z, ±hh, ±hhmm,
// ±hh:mm.
func parseOffset(s string) (time.Duration, bool) {
	switch {
	case s == "" || s == "Z" || s == "z":
		return 0, true
	case len(s) == 6 && s[3] == ':':
		s = s[:3] + s[4:]
	case len(s) == 3:
		s += "00"
	case len(s) != 5:
		return 0, false
	}
	hours, ok1 := digits(s[1:3])
	minutes, ok2 := digits(s[3:5])
	if !ok1 || !ok2 || hours > 23 || minutes > 59 {
		return 0, false
	}
	offset := time.Duration(hours)*time.Hour + time.Duration(minutes)*time.Minute
	switch s[0] {
	case '+':
		return offset, true
	case '-':
		return -offset, true
	}
	return 0, false
}

// digits reads a number of ASCII digits; the empty text is 0.
func digits(s string) (int, bool) {
	n := 0
	for i := range len(s) {
		c := s[i]
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + int(c-'0')
	}
	return n, true
}
