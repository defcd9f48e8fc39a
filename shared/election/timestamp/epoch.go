package timestamp

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"cloud.google.com/go/civil"

	"github.com/tallystream/tallystream/shared/election/decimal"
)

// FromNumber reads a JSON number as the time since 1970, in seconds, milliseconds,
// microseconds or nanoseconds.
func FromNumber(s string) (time.Time, error) {
	d, _ := decimal.Parse(s)
	m, err := parseEpoch(d)
	return m.at, err
}

// maxDays is more than the days since 1970 that a registration may be of: it leads
// into the year 2243. As seconds it would be the second day of 1970.
const maxDays = 100_000

// DateFromNumber reads a JSON number as the days since 1970, as Avro and Debezium
// write dates, or as a time since 1970.
func DateFromNumber(s string) (civil.Date, error) {
	d, ok := decimal.Parse(s)
	if days, small := d.Shifted(0); ok && small && d.Whole() && days < maxDays {
		if d.Negative() {
			days = -days
		}
		return civil.Date{Year: 1970, Month: time.January, Day: 1}.AddDays(int(days)), nil
	}
	return dayOf(parseEpoch(d))
}

// The years 2000 to 2099, in seconds since 1970. In them a number of seconds,
// milliseconds, microseconds or nanoseconds can't be mistaken for one of another
// unit. Other numbers are refused.
var (
	firstEpoch = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC).Unix()
	lastEpoch  = time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC).Unix() - 1
)

// parseEpoch reads a number as the time since 1970, in the unit that puts it into
// the years 2000 to 2099.
func parseEpoch(d decimal.Decimal) (moment, error) {
	if d.Negative() {
		return moment{}, errEpochRange
	}
	for unit := 0; unit <= 9; unit += 3 { // 10^unit make a second
		seconds, ok := d.Shifted(-unit)
		if !ok || seconds < firstEpoch || seconds > lastEpoch {
			continue
		}
		micros, _ := d.Shifted(6 - unit)
		return momentOf(time.UnixMicro(micros)), nil
	}
	return moment{}, explainNumber(d)
}

func momentOf(t time.Time) moment {
	t = t.UTC()
	return moment{at: t, day: t.Truncate(24 * time.Hour)}
}

// explainNumber says what a number may be that is no time since 1970.
func explainNumber(d decimal.Decimal) error {
	const ticksPerSecond, day = 7, 24 * 60 * 60
	toYear1 := -time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC).Unix()
	if seconds, ok := d.Shifted(-ticksPerSecond); ok && seconds >= firstEpoch+toYear1 && seconds <= lastEpoch+toYear1 {
		return errTicks
	}
	to1900 := -time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC).Unix()
	if days, ok := d.Shifted(0); ok && days >= (firstEpoch+to1900)/day && days <= (lastEpoch+to1900)/day {
		return errSerialDay
	}
	return errEpochRange
}

// Milliseconds since 1970. An offset may follow: it says where the time was
// written, and doesn't change it.
var netJSON = regexp.MustCompile(`^/Date\((-?\d{1,15})(?:[+-]\d{4})?\)/$`)

// parseNetJSON reads the form of .NET's older JSON serializers.
func parseNetJSON(s string) (moment, error) {
	m := netJSON.FindStringSubmatch(s)
	if m == nil {
		return moment{}, errNotTime
	}
	ms, err := strconv.ParseInt(m[1], 10, 64)
	if err != nil || !storable(time.UnixMilli(ms).UTC()) {
		return moment{}, errYear
	}
	return momentOf(time.UnixMilli(ms)), nil
}

// FromArray reads a time from a JSON array; see parseComponents.
func FromArray(list string) (time.Time, error) {
	m, err := parseComponents(list)
	return m.at, err
}

// DateFromArray reads a day from a JSON array of a day or of a time.
func DateFromArray(list string) (civil.Date, error) { return dayOf(parseComponents(list)) }

// parseComponents reads the array that Jackson makes of Java's times, such as
// [2026, 11, 3, 9, 30] and [2026, 11, 3, 9, 30, 15, 123456000], and of a day,
// [2026, 11, 3]. The seventh number is nanoseconds.
func parseComponents(list string) (moment, error) {
	var n [7]int
	texts := strings.Split(strings.Trim(list, "[] \t\r\n"), ",")
	if len(texts) < 3 || len(texts) == 4 || len(texts) > len(n) {
		return moment{}, errNotComponents
	}
	for i, text := range texts {
		text = strings.TrimSpace(text)
		if !decimal.AllDigits(text) || len(text) > 9 {
			return moment{}, errNotComponents
		}
		n[i], _ = strconv.Atoi(text)
	}
	date, ok := calendarDay(n[0], n[1], n[2])
	switch {
	case !ok:
		return moment{}, errNoSuchDay
	case n[3] > 23 || n[4] > 59 || n[5] > 59:
		return moment{}, errNoSuchTime
	case len(texts) == 3:
		return moment{day: date}, errNoTimeOfDay
	}
	return moment{at: time.Date(n[0], time.Month(n[1]), n[2], n[3], n[4], n[5], n[6]/1000*1000, time.UTC), day: date}, nil
}
