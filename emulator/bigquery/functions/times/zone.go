package times

import (
	"database/sql/driver"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/tallystream/tallystream/emulator/bigquery/function"
)

// zones are time zones.
var zones = function.Group{
	Natives: []function.Native{
		{Name: "bq_to_local", Args: function.Types{function.Timestamp, function.Text}, Result: function.Timestamp, Call: func(a []driver.Value) (any, error) {
			t, err := inZone(a[0].(time.Time), a[1].(string))
			if err != nil {
				return nil, err
			}
			return naive(t), nil
		}},
		{Name: "bq_to_datetime", Args: function.Types{function.Timestamp, function.Text}, Result: function.Timestamp, Call: inYears},
		{Name: "bq_from_local", Args: function.Types{function.Timestamp, function.Text}, Result: function.Timestamp, Call: func(a []driver.Value) (any, error) {
			loc, err := zone(a[1].(string))
			if err != nil {
				return nil, err
			}
			t := local(a[0].(time.Time), loc).UTC()
			if t.Year() < 1 || t.Year() > 9999 {
				return nil, function.Errorf("Cannot convert Datetime %s at timezone %s to a Timestamp", a[0].(time.Time).Format("2006-01-02 15:04:05.999999"), a[1])
			}
			return t, nil
		}},
	},
}

var (
	known      sync.Map // by name: *time.Location
	zoneOffset = regexp.MustCompile(`^(?:UTC|GMT)?([+-])(\d{1,2})(?::?(\d{2}))?$`)
)

// zone finds a time zone by its name or its offset from UTC.
func zone(name string) (*time.Location, error) {
	if found, ok := known.Load(name); ok {
		return found.(*time.Location), nil
	}
	if m := zoneOffset.FindStringSubmatch(name); m != nil {
		hours, _ := strconv.Atoi(m[2])
		minutes, _ := strconv.Atoi(m[3])
		seconds := hours*3600 + minutes*60
		if hours*60+minutes > 14*60 || minutes > 59 {
			return nil, function.Errorf("Invalid time zone: %s", name)
		}
		if m[1] == "-" {
			seconds = -seconds
		}
		loc := time.FixedZone(name, seconds)
		known.Store(name, loc)
		return loc, nil
	}
	loc, err := time.LoadLocation(name)
	if err != nil || name == "" || strings.EqualFold(name, "local") {
		return nil, function.Errorf("Invalid time zone: %s", name)
	}
	known.Store(name, loc)
	return loc, nil
}

// CheckZone refuses what is no time zone.
func CheckZone(name string) error {
	_, err := zone(name)
	return err
}

// inZone is the time as a clock in a zone shows it. DuckDB hands over naive
// times, which are in UTC.
func inZone(t time.Time, name string) (time.Time, error) {
	loc, err := zone(name)
	if err != nil {
		return time.Time{}, err
	}
	return t.In(loc), nil
}

// inYears is what a clock in a zone shows, in the years 1 to 9999.
func inYears(a []driver.Value) (any, error) {
	t, err := inZone(a[0].(time.Time), a[1].(string))
	if err != nil {
		return nil, err
	}
	if t.Year() < 1 || t.Year() > 9999 {
		return nil, function.Errorf("Timestamp %s has no date in the time zone %s: it would be outside of the years 1 to 9999", a[0].(time.Time).Format("2006-01-02 15:04:05.999999+00"), a[1])
	}
	return naive(t), nil
}

// naive is what a clock shows, as if it were UTC.
func naive(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), time.UTC)
}

// local is the time at which a clock in a zone shows the naive time t. Where clocks change, one that they show twice or never
// counts by the offset that was in force before, as in Google's reference implementation
// (https://github.com/google/googlesql/blob/master/googlesql/public/functions/date_time_util.cc).
func local(t time.Time, loc *time.Location) time.Time {
	found := time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), loc)
	start, end := found.ZoneBounds()
	_, offset := found.Zone()
	before := offset // in force before the period of the zone that found is in
	if !start.IsZero() {
		_, before = start.Add(-time.Nanosecond).Zone()
	}
	by := func(offset int) time.Time { return t.Add(-time.Duration(offset) * time.Second).In(loc) }
	shown := by(offset).Equal(found)
	switch earlier := by(before); {
	case !start.IsZero() && earlier.Before(start): // shown twice
		return earlier
	case shown:
		return found
	case !end.IsZero() && !by(offset).Before(end): // never shown, and found is before the change
		return by(offset)
	default:
		return earlier
	}
}

// toLocal is a time in UTC as the zone given by an argument shows it, or that of the statement.
func toLocal(c *function.Call, x string, zone int) string { return shifted(c, "bq_to_local", x, zone) }

// toDateOf and toDatetimeOf are toLocal for a DATE and a DATETIME, with an error where that would be outside of its years.
func toDateOf(c *function.Call, x string, zone int) string {
	return "CAST(" + toDatetimeOf(c, x, zone) + " AS DATE)"
}

func toDatetimeOf(c *function.Call, x string, zone int) string {
	return shifted(c, "bq_to_datetime", x, zone)
}

// toUTC is the inverse of toLocal, with an error where a TIMESTAMP would be outside of its years.
func toUTC(c *function.Call, x string, zone int) string { return shifted(c, "bq_from_local", x, zone) }

func shifted(c *function.Call, shift, x string, zone int) string {
	name := c.Arg(zone, c.Zone())
	if name == function.UTC {
		return x
	}
	return fmt.Sprintf("%s(%s, %s)", shift, x, name)
}
