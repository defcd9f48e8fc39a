package functions

import (
	"database/sql/driver"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/duckdb/duckdb-go/v2"
)

// timeParseFunctions read times, by a format or in BigQuery's own notation.
var timeParseFunctions = []scalar{
	{name: "bq_parse_time", args: []duckdb.Type{text, text, text, text}, result: timestamp, call: func(a []driver.Value) (any, error) {
		return parseTime(a[0].(string), a[1].(string), a[2].(string), a[3].(string))
	}},
	{name: "bq_string_to_date", args: []duckdb.Type{text}, result: date, call: func(a []driver.Value) (any, error) {
		t, _, err := readCivil(a[0].(string), "DATE")
		return t.Truncate(24 * time.Hour), err
	}},
	{name: "bq_string_to_datetime", args: []duckdb.Type{text}, result: timestamp, call: func(a []driver.Value) (any, error) {
		t, _, err := readCivil(a[0].(string), "DATETIME")
		return t, err
	}},
	{name: "bq_string_to_time", args: []duckdb.Type{text}, result: clock, call: func(a []driver.Value) (any, error) {
		return readClock(a[0].(string))
	}},
	{name: "bq_string_to_timestamp", args: []duckdb.Type{text, text}, result: timestamp, call: func(a []driver.Value) (any, error) {
		t, zoneText, err := readCivil(a[0].(string), "TIMESTAMP")
		if err != nil {
			return nil, err
		}
		if zoneText == "" {
			zoneText = a[1].(string)
		}
		if zoneText == "Z" || zoneText == "z" {
			zoneText = "UTC"
		}
		loc, err := zone(zoneText)
		if err != nil {
			return nil, errorf("Invalid timestamp: '%s'", a[0])
		}
		return local(t, loc).UTC(), nil
	}},
	{name: "bq_make_date", args: []duckdb.Type{integer, integer, integer}, result: date, call: func(a []driver.Value) (any, error) {
		t, err := makeTime(a[0].(int64), a[1].(int64), a[2].(int64), 0, 0, 0)
		if err != nil {
			return nil, errorf("Input calculates to invalid date: %04d-%02d-%02d", a[0], a[1], a[2])
		}
		return t, nil
	}},
	{name: "bq_make_datetime", args: []duckdb.Type{integer, integer, integer, integer, integer, integer}, result: timestamp, call: func(a []driver.Value) (any, error) {
		t, err := makeTime(a[0].(int64), a[1].(int64), a[2].(int64), a[3].(int64), a[4].(int64), a[5].(int64))
		if err != nil {
			return nil, errorf("Input calculates to invalid datetime: %04d-%02d-%02d %02d:%02d:%02d", a[0], a[1], a[2], a[3], a[4], a[5])
		}
		return t, nil
	}},
}

// civil matches a date, a time of day, and a zone, each but the first optional.
var civil = regexp.MustCompile(`^\s*(\d{1,4})-(\d{1,2})-(\d{1,2})(?:[Tt ]\s*(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.(\d{0,9}))?)?)?\s*(Z|z|[+-]\d{1,2}(?::?\d{2})?|[A-Za-z][A-Za-z0-9_+\-/]*)?\s*$`)

// readCivil reads a date with an optional time of day, and returns the text of
// the zone behind it.
func readCivil(s, kind string) (time.Time, string, error) {
	invalid := errorf("Invalid %s: '%s'", strings.ToLower(kind), s)
	m := civil.FindStringSubmatch(s)
	if m == nil || kind == "DATE" && (m[4] != "" || m[8] != "") || kind == "DATETIME" && m[8] != "" {
		return time.Time{}, "", invalid
	}
	n := func(i int) int64 {
		v, _ := strconv.ParseInt(m[i], 10, 64) // digits, or empty for 0
		return v
	}
	t, err := makeTime(n(1), n(2), n(3), n(4), n(5), n(6))
	if err != nil {
		return time.Time{}, "", invalid
	}
	return t.Add(nanoseconds(m[7])), m[8], nil
}

// nanoseconds reads the digits after the point, to microseconds.
func nanoseconds(digits string) time.Duration {
	micros, _ := strconv.ParseInt((digits + "000000")[:6], 10, 64)
	return time.Duration(micros) * time.Microsecond
}

var clockText = regexp.MustCompile(`^\s*(\d{1,2}):(\d{1,2}):(\d{1,2})(?:\.(\d{0,9}))?\s*$`)

func readClock(s string) (any, error) {
	m := clockText.FindStringSubmatch(s)
	if m == nil {
		return nil, errorf("Invalid time: '%s'", s)
	}
	var n [4]int64
	for i := 1; i <= 3; i++ {
		n[i], _ = strconv.ParseInt(m[i], 10, 64)
	}
	t, err := makeTime(1970, 1, 1, n[1], n[2], n[3])
	if err != nil {
		return nil, errorf("Invalid time: '%s'", s)
	}
	return t.Add(nanoseconds(m[4])), nil
}

// makeTime checks every part of a time.
func makeTime(year, month, day, hour, minute, second int64) (time.Time, error) {
	t := time.Date(int(year), time.Month(month), int(day), int(hour), int(minute), int(second), 0, time.UTC)
	if year < 1 || year > 9999 || int64(t.Month()) != month || int64(t.Day()) != day ||
		hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59 {
		return time.Time{}, errorf("no such time")
	}
	return t, nil
}
