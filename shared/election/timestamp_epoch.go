package election

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

// The range in which a number is taken for a time since 1970, in seconds: the
// years 2000 to 2099. In it seconds, milliseconds, microseconds and nanoseconds
// can't be mistaken for one another.
var (
	firstEpoch = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC).Unix()
	lastEpoch  = time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC).Unix() - 1
)

// parseEpoch reads a number as the time since 1970, in the unit that makes it
// plausible.
func parseEpoch(d decimal) (moment, error) {
	if d.negative {
		return moment{}, errEpochRange
	}
	for unit := 0; unit <= 9; unit += 3 { // 10^unit make a second
		seconds, ok := d.shifted(-unit)
		if !ok || seconds < firstEpoch || seconds > lastEpoch {
			continue
		}
		micros, _ := d.shifted(6 - unit)
		return momentOf(time.UnixMicro(micros)), nil
	}
	return moment{}, otherNumber(d)
}

func momentOf(t time.Time) moment {
	t = t.UTC()
	return moment{at: t, day: t.Truncate(24 * time.Hour)}
}

// otherNumber says what a number may be that is no time since 1970.
func otherNumber(d decimal) error {
	const ticksPerSecond, day = 7, 24 * 60 * 60
	toYear1 := -time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC).Unix()
	if seconds, ok := d.shifted(-ticksPerSecond); ok && seconds >= firstEpoch+toYear1 && seconds <= lastEpoch+toYear1 {
		return errTicks
	}
	to1900 := -time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC).Unix()
	if days, ok := d.shifted(0); ok && days >= (firstEpoch+to1900)/day && days <= (lastEpoch+to1900)/day {
		return errSerialDay
	}
	return errEpochRange
}

// 1793698200000 milliseconds since 1970, with an offset that says where it was
// written and changes nothing.
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

// parseComponents reads the list of numbers that Jackson makes of Java's times:
// [2026, 11, 3, 9, 30], [2026, 11, 3, 9, 30, 15, 123456000], and of a day
// [2026, 11, 3].
func parseComponents(list string) (moment, error) {
	var n [7]int
	texts := strings.Split(strings.Trim(list, "[] \t\r\n"), ",")
	if len(texts) < 3 || len(texts) == 4 || len(texts) > len(n) {
		return moment{}, errNotComponents
	}
	for i, text := range texts {
		text = strings.TrimSpace(text)
		if !allDigits(text) || len(text) > 9 {
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
