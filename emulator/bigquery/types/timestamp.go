package types

import (
	"errors"
	"math"
	"strconv"
	"strings"
	"time"

	"cloud.google.com/go/civil"
)

var errTime = errors.New("not a time")

// The range of TIMESTAMP: years 1 to 9999.
var (
	minTimestamp = time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC)
	maxTimestamp = time.Date(9999, 12, 31, 23, 59, 59, 999_999_000, time.UTC)
)

// MicrosTimestamp returns the TIMESTAMP at a number of microseconds since 1970,
// and whether it is within the type's range.
func MicrosTimestamp(us int64) (time.Time, bool) {
	t := time.UnixMicro(us).UTC()
	return t, !t.Before(minTimestamp) && !t.After(maxTimestamp)
}

// parseTimestamp reads a date and time with an optional zone (UTC without one),
// or a number of seconds since 1970.
func parseTimestamp(s string) (any, error) {
	text := strings.TrimSpace(s)
	if sec, err := strconv.ParseFloat(text, 64); err == nil {
		us := math.Round(sec * 1e6)
		if math.Abs(us) < math.MaxInt64 {
			if t, ok := MicrosTimestamp(int64(us)); ok {
				return t, nil
			}
		}
		return nil, badValue(Timestamp, s)
	}
	d, rest, err := cutDate(text)
	if err != nil {
		return nil, badValue(Timestamp, s)
	}
	var clock civil.Time
	if rest != "" && (rest[0] == 'T' || rest[0] == 't' || rest[0] == ' ') {
		if clock, rest, err = cutTime(rest[1:]); err != nil {
			return nil, badValue(Timestamp, s)
		}
	}
	loc, err := zone(strings.TrimSpace(rest))
	if err != nil {
		return nil, badValue(Timestamp, s)
	}
	t := civil.DateTime{Date: d, Time: clock}.In(loc).UTC()
	if t.Before(minTimestamp) || t.After(maxTimestamp) {
		return nil, badValue(Timestamp, s)
	}
	return t, nil
}

// zone reads Z, UTC, ±h, ±hh:mm, UTC±h or a name of the zone database.
func zone(s string) (*time.Location, error) {
	switch s {
	case "", "Z", "z", "UTC":
		return time.UTC, nil
	}
	offset := strings.TrimPrefix(s, "UTC")
	if offset == "" || offset[0] != '+' && offset[0] != '-' {
		return time.LoadLocation(s)
	}
	h, m, _ := strings.Cut(offset[1:], ":")
	if len(h) == 4 && m == "" { // ±hhmm
		h, m = h[:2], h[2:]
	}
	hours, err := strconv.Atoi(h)
	if err != nil || hours > 14 {
		return nil, errTime
	}
	minutes := 0
	if m != "" {
		if minutes, err = strconv.Atoi(m); err != nil || minutes > 59 {
			return nil, errTime
		}
	}
	sec := hours*3600 + minutes*60
	if offset[0] == '-' {
		sec = -sec
	}
	return time.FixedZone("", sec), nil
}

// cutDate reads y-m-d from the front of s and returns what follows.
func cutDate(s string) (civil.Date, string, error) {
	y, s, ok1 := cutNumber(s, 4, '-')
	m, s, ok2 := cutNumber(s, 2, '-')
	d, s, ok3 := cutNumber(s, 2, 0)
	date := civil.Date{Year: y, Month: time.Month(m), Day: d}
	if !ok1 || !ok2 || !ok3 || y == 0 || !date.IsValid() {
		return civil.Date{}, "", errTime
	}
	return date, s, nil
}

// cutTime reads h:m:s[.ffffff] from the front of s and returns what follows.
func cutTime(s string) (civil.Time, string, error) {
	h, s, ok1 := cutNumber(s, 2, ':')
	m, s, ok2 := cutNumber(s, 2, ':')
	sec, s, ok3 := cutNumber(s, 2, 0)
	t := civil.Time{Hour: h, Minute: m, Second: sec}
	if !ok1 || !ok2 || !ok3 || !t.IsValid() {
		return civil.Time{}, "", errTime
	}
	if !strings.HasPrefix(s, ".") {
		return t, s, nil
	}
	n := 1
	for ; n < len(s) && s[n] >= '0' && s[n] <= '9'; n++ {
		if n > 9 {
			return civil.Time{}, "", errTime
		}
		t.Nanosecond = t.Nanosecond*10 + int(s[n]-'0')
	}
	for i := n; i <= 9; i++ {
		t.Nanosecond *= 10
	}
	t.Nanosecond -= t.Nanosecond % 1000 // BigQuery keeps microseconds
	return t, s[n:], nil
}

// cutNumber reads one to width digits, and sep behind them unless sep is 0.
func cutNumber(s string, width int, sep byte) (int, string, bool) {
	n, i := 0, 0
	for ; i < len(s) && i < width && s[i] >= '0' && s[i] <= '9'; i++ {
		n = n*10 + int(s[i]-'0')
	}
	if i == 0 {
		return 0, "", false
	}
	if sep == 0 {
		return n, s[i:], true
	}
	if i == len(s) || s[i] != sep {
		return 0, "", false
	}
	return n, s[i+1:], true
}
