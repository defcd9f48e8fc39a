package timestamp

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

// timeParts are the parts of a time as texts. An absent part is empty.
type timeParts struct {
	weekday, year, month, day            string
	hour, minute, second, fraction, zone string
}

const clock = `(?:(\d\d):(\d\d)(?::(\d\d)(?:[.,](\d+))?)?)`

var (
	// 2026-11-03, 2026-11-03T09:30, 2026/11/03 09:30, with a zone or without.
	yearFirst = regexp.MustCompile(`^(\d{4})(?:-(\d\d)-|/(\d\d)/)(\d\d)(?:[Tt ]` + clock + ` ?(.*))?$`)
	// 20261103T0930, 20261103T093000Z: ISO 8601's basic format.
	basic = regexp.MustCompile(`^(\d{4})(\d\d)(\d\d)[Tt](\d\d)(\d\d)(?:(\d\d)(?:[.,](\d+))?)?(.*)$`)
	// Tue, 03 Nov 2026 09:30:00 GMT: RFC 1123, RFC 2822, toUTCString.
	dayMonthName = regexp.MustCompile(`^(?:(\pL+),? )?(\d{1,2})[ -](\pL{3,9})\.?[ -](\d+),?(?: ` + clock + ` ?(.*))?$`)
	// Tue Nov 03 2026 09:30:00 GMT+0100 (Central European Time): JavaScript.
	weekdayYear = regexp.MustCompile(`^(\pL{3}) (\pL{3}) (\d{1,2}) (\d{4}) ` + clock + ` ?(.*)$`)
	// Tue Nov 3 09:30:00 2026, and with a zone before or behind the year: ctime,
	// Java's Date, the shell, PostgreSQL.
	weekdayClock = regexp.MustCompile(`^(\pL{3}) (\pL{3}) (\d{1,2}) ` + clock + `(?: (\S+))? (\d{4})(?: (.*))?$`)
)

func parseYearFirst(s string) (moment, bool, error) {
	if m := basic.FindStringSubmatch(s); m != nil {
		return assemble(timeParts{year: m[1], month: m[2], day: m[3], hour: m[4], minute: m[5], second: m[6], fraction: m[7], zone: m[8]})
	}
	m := yearFirst.FindStringSubmatch(s)
	if m == nil {
		return moment{}, false, nil
	}
	return assemble(timeParts{year: m[1], month: m[2] + m[3], day: m[4], hour: m[5], minute: m[6], second: m[7], fraction: m[8], zone: m[9]})
}

func parseDayMonthName(s string) (moment, bool, error) {
	m := dayMonthName.FindStringSubmatch(s)
	if m == nil {
		return moment{}, false, nil
	}
	if len(m[4]) == 2 {
		return moment{}, true, errTwoDigitYear
	}
	return assemble(timeParts{weekday: m[1], day: m[2], month: m[3], year: m[4], hour: m[5], minute: m[6], second: m[7], fraction: m[8], zone: m[9]})
}

func parseWeekdayFirst(s string) (moment, bool, error) {
	if m := weekdayYear.FindStringSubmatch(s); m != nil {
		return assemble(timeParts{weekday: m[1], month: m[2], day: m[3], year: m[4], hour: m[5], minute: m[6], second: m[7], fraction: m[8], zone: m[9]})
	}
	m := weekdayClock.FindStringSubmatch(s)
	if m == nil {
		return moment{}, false, nil
	}
	if m[8] != "" && m[10] != "" {
		return moment{}, true, errZone
	}
	return assemble(timeParts{weekday: m[1], month: m[2], day: m[3], hour: m[4], minute: m[5], second: m[6], fraction: m[7], zone: m[8] + m[10], year: m[9]})
}

// assemble returns the moment that parts make. True says that the text has the form
// whose parts these are, whether it is a moment or not.
func assemble(p timeParts) (moment, bool, error) {
	m, err := p.moment()
	return m, true, err
}

// moment checks the parts and puts them together.
func (p *timeParts) moment() (moment, error) {
	year, _ := strconv.Atoi(p.year)
	day, _ := strconv.Atoi(p.day)
	month, err := monthNumber(p.month)
	if err != nil {
		return moment{}, err
	}
	date, ok := calendarDay(year, month, day)
	switch {
	case len(p.year) != 4:
		return moment{}, errYear
	case !ok:
		return moment{}, errNoSuchDay
	case p.weekday != "" && !weekdayOf(date, p.weekday):
		return moment{}, errWeekday
	case p.hour == "":
		return moment{day: date}, errNoTimeOfDay
	}
	sinceMidnight, err := p.clock()
	if err != nil {
		return moment{}, err
	}
	offset, err := parseZone(p.zone)
	if err != nil {
		return moment{}, err
	}
	at := date.Add(sinceMidnight - offset)
	if p.second == "60" {
		if before := at.Add(-time.Second); before.Hour() != 23 || before.Minute() != 59 {
			return moment{}, errLeapSecond
		}
	}
	if !storable(at) {
		return moment{}, errYear
	}
	return moment{at: at, day: date}, nil
}

// clock returns the time since midnight. A leap second is the first second of the
// next minute.
func (p *timeParts) clock() (time.Duration, error) {
	hour, _ := strconv.Atoi(p.hour)
	minute, _ := strconv.Atoi(p.minute)
	second, _ := strconv.Atoi(p.second)
	micros := 0
	if p.fraction != "" {
		micros, _, _ = parseFraction("." + p.fraction)
	}
	if hour > 23 || minute > 59 || second > 60 {
		return 0, errNoSuchTime
	}
	return time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute +
		time.Duration(second)*time.Second + time.Duration(micros)*time.Microsecond, nil
}

// monthNumber reads a month's number, or its English name or the first three
// letters of it.
func monthNumber(s string) (int, error) {
	if n, err := strconv.Atoi(s); err == nil {
		return n, nil
	}
	for m := time.January; m <= time.December; m++ {
		if strings.EqualFold(s, m.String()) || strings.EqualFold(s, m.String()[:3]) {
			return int(m), nil
		}
	}
	return 0, errNotTime
}

func weekdayOf(date time.Time, name string) bool {
	weekday := date.Weekday().String()
	return strings.EqualFold(name, weekday) || strings.EqualFold(name, weekday[:3])
}

var (
	dayOrder = regexp.MustCompile(`^\d{1,2}[/.-]\d{1,2}[/.-](\d{4}|\d\d)\b`)
	halfDay  = regexp.MustCompile(`(?i)\d ?[ap]\.?m\b`)
)

// explainText says why a text that has none of the forms isn't read.
func explainText(s string) error {
	switch {
	case dayOrder.MatchString(s):
		return errDayOrder
	case halfDay.MatchString(s):
		return errHalfDay
	}
	return errNotTime
}
