package times

import (
	"database/sql/driver"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/tallystream/tallystream/emulator/bigquery/function"
	"github.com/tallystream/tallystream/emulator/bigquery/functions/cast"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// construction are functions that make times of parts, of text and of other times.
var construction = function.Group{
	Scalars: map[string]function.Scalar{
		"date":      toDate,
		"datetime":  toDatetime,
		"time":      toTimeOfDay,
		"timestamp": toTimestamp,
		"string":    toString,
	},
	Natives: []function.Native{
		{Name: "bq_make_date", Args: function.Types{function.Integer, function.Integer, function.Integer}, Result: function.Date, Call: func(a []driver.Value) (any, error) {
			t, err := makeTime(a[0].(int64), a[1].(int64), a[2].(int64), 0, 0, 0)
			if err != nil {
				return nil, function.Errorf("Input calculates to invalid date: %04d-%02d-%02d", a[0], a[1], a[2])
			}
			return t, nil
		}},
		{Name: "bq_make_datetime", Args: function.Types{function.Integer, function.Integer, function.Integer, function.Integer, function.Integer, function.Integer}, Result: function.Timestamp, Call: func(a []driver.Value) (any, error) {
			t, err := makeTime(a[0].(int64), a[1].(int64), a[2].(int64), a[3].(int64), a[4].(int64), a[5].(int64))
			if err != nil {
				return nil, function.Errorf("Input calculates to invalid datetime: %04d-%02d-%02d %02d:%02d:%02d", a[0], a[1], a[2], a[3], a[4], a[5])
			}
			return t, nil
		}},
		{Name: "bq_string_to_date", Safe: true, Args: function.Types{function.Text}, Result: function.Date, Call: func(a []driver.Value) (any, error) {
			t, _, err := readCivil(a[0].(string), "DATE")
			return t.Truncate(24 * time.Hour), err
		}},
		{Name: "bq_string_to_datetime", Safe: true, Args: function.Types{function.Text}, Result: function.Timestamp, Call: func(a []driver.Value) (any, error) {
			t, _, err := readCivil(a[0].(string), "DATETIME")
			return t, err
		}},
		{Name: "bq_string_to_time", Safe: true, Args: function.Types{function.Text}, Result: function.Clock, Call: func(a []driver.Value) (any, error) {
			return readClock(a[0].(string))
		}},
		{Name: "bq_string_to_timestamp", Safe: true, Args: function.Types{function.Text, function.Text}, Result: function.Timestamp, Call: func(a []driver.Value) (any, error) {
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
				return nil, function.Errorf("Invalid timestamp: '%s'", a[0])
			}
			if t = local(t, loc).UTC(); t.Year() < 1 || t.Year() > 9999 {
				return nil, function.Errorf("Invalid timestamp: '%s'", a[0])
			}
			return t, nil
		}},
	},
}

func toDate(c *function.Call) string {
	switch {
	case len(c.Args) == 3 && c.Types[1].Kind == types.Int64:
		return c.Fill("bq_make_date($1, $2, $3)")
	case c.Types[0].Kind == types.String:
		return c.Fill("bq_string_to_date($1)")
	case c.Types[0].Kind == types.Timestamp:
		return "CAST(" + toCivil(c, c.Args[0], 1) + " AS DATE)"
	}
	return c.Fill("CAST($1 AS DATE)")
}

func toDatetime(c *function.Call) string {
	switch {
	case len(c.Args) == 6:
		return c.Fill("bq_make_datetime($1, $2, $3, $4, $5, $6)")
	case c.Types[0].Kind == types.String:
		return c.Fill("bq_string_to_datetime($1)")
	case c.Types[0].Kind == types.Timestamp:
		return toCivil(c, c.Args[0], 1)
	case len(c.Args) == 2 && c.Types[1].Kind == types.Time:
		return c.Fill("($1 + $2)")
	}
	return c.Fill("CAST($1 AS TIMESTAMP)")
}

func toTimeOfDay(c *function.Call) string {
	switch {
	case len(c.Args) == 3 && c.Types[0].Kind == types.Int64:
		return c.Fill("CAST(bq_make_datetime(1970, 1, 1, $1, $2, $3) AS TIME)")
	case c.Types[0].Kind == types.String:
		return c.Fill("bq_string_to_time($1)")
	case c.Types[0].Kind == types.Timestamp:
		return "CAST(" + toLocal(c, c.Args[0], 1) + " AS TIME)"
	}
	return c.Fill("CAST($1 AS TIME)")
}

func toTimestamp(c *function.Call) string {
	switch c.Types[0].Kind {
	case types.String:
		return "bq_string_to_timestamp(" + c.Args[0] + ", " + c.Arg(1, c.Zone()) + ")"
	case types.Timestamp:
		return c.Args[0]
	}
	return toUTC(c, c.Fill("CAST($1 AS TIMESTAMP)"), 1)
}

// toString is STRING of a time, or of JSON.
func toString(c *function.Call) string {
	switch c.Types[0].Kind {
	case types.JSON:
		return c.Fill("bq_json_string($1)")
	case types.Timestamp:
		return "bq_timestamp_to_string(" + c.Args[0] + ", " + c.Arg(1, c.Zone()) + ")"
	}
	return cast.Convert(c, c.Args[0], c.Types[0], c.Type)
}

// civil matches a date, a time of day, and a zone, each but the first optional.
var civil = regexp.MustCompile(`^(\d{4})-(\d{1,2})-(\d{1,2})(?:[Tt ]\s*(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.(\d{0,9}))?)?)?(?:\s*(Z|z|[+-]\d{1,2}(?::?\d{2})?|[A-Za-z][A-Za-z0-9_+\-/]*))?$`)

// readCivil reads a date with an optional time of day, and returns the text of
// the zone behind it.
func readCivil(s, kind string) (time.Time, string, error) {
	invalid := function.Errorf("Invalid %s: '%s'", strings.ToLower(kind), s)
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

var clockText = regexp.MustCompile(`^(\d{1,2}):(\d{1,2}):(\d{1,2})(?:\.(\d{0,9}))?$`)

func readClock(s string) (any, error) {
	m := clockText.FindStringSubmatch(s)
	if m == nil {
		return nil, function.Errorf("Invalid time: '%s'", s)
	}
	var n [4]int64
	for i := 1; i <= 3; i++ {
		n[i], _ = strconv.ParseInt(m[i], 10, 64)
	}
	t, err := makeTime(1970, 1, 1, n[1], n[2], n[3])
	if err != nil {
		return nil, function.Errorf("Invalid time: '%s'", s)
	}
	return t.Add(nanoseconds(m[4])), nil
}

// makeTime checks every part of a time.
func makeTime(year, month, day, hour, minute, second int64) (time.Time, error) {
	t := time.Date(int(year), time.Month(month), int(day), int(hour), int(minute), int(second), 0, time.UTC)
	if year < 1 || year > 9999 || int64(t.Month()) != month || int64(t.Day()) != day ||
		hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59 {
		return time.Time{}, function.Errorf("no such time")
	}
	return t, nil
}
