package functions

import (
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"
	_ "time/tzdata" // zones must not depend on the machine
)

var (
	zones      sync.Map // by name: *time.Location
	zoneOffset = regexp.MustCompile(`^(?:UTC|GMT)?([+-])(\d{1,2})(?::?(\d{2}))?$`)
)

// zone finds a time zone by its name or its offset from UTC.
func zone(name string) (*time.Location, error) {
	if found, ok := zones.Load(name); ok {
		return found.(*time.Location), nil
	}
	if m := zoneOffset.FindStringSubmatch(name); m != nil {
		hours, _ := strconv.Atoi(m[2])
		minutes, _ := strconv.Atoi(m[3])
		seconds := hours*3600 + minutes*60
		if hours > 14 || minutes > 59 {
			return nil, errorf("Invalid time zone: %s", name)
		}
		if m[1] == "-" {
			seconds = -seconds
		}
		loc := time.FixedZone(name, seconds)
		zones.Store(name, loc)
		return loc, nil
	}
	loc, err := time.LoadLocation(name)
	if err != nil || name == "" || strings.EqualFold(name, "local") {
		return nil, errorf("Invalid time zone: %s", name)
	}
	zones.Store(name, loc)
	return loc, nil
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
