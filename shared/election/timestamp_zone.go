package election

import (
	"regexp"
	"strings"
	"time"
)

var (
	// [Europe/Paris] behind Java's ZonedDateTime, and RFC 9557's annotations.
	annotation = regexp.MustCompile(`^(.*?) ?\[(!?)([A-Za-z0-9_+\-/=~:.]*)\]$`)
	// m=+0.000012 behind Go's Time.String: a reading of another clock.
	monotonic = regexp.MustCompile(` ?m=[+-]\d+\.\d+$`)
	// +01:00, with the seconds that offsets once had.
	offsetText = regexp.MustCompile(`^([+-]\d\d(?::?\d\d)?)(?::?(\d\d))?$`)
	// The name that follows an offset: CET, (CET), (Central European Time), +03.
	zoneComment = regexp.MustCompile(`^([+-][\d:]+) (?:\([^()]*\)|\pL+|[+-]\d\d(?:\d\d)?)$`)
	letters     = regexp.MustCompile(`^\(?\pL[\pL ]*\)?$`)
	regionName  = regexp.MustCompile(`^[A-Za-z_]+/[A-Za-z_/+\-0-9]+$`)
)

// parseZone reads what follows a time of day as an offset east of UTC: nothing,
// Z, UTC or GMT, an offset, or one behind UTC or GMT. The name of a zone may
// follow an offset, which says it all; alone it would need a data base of zones,
// and still mean two moments in the hour that autumn repeats.
func parseZone(s string) (time.Duration, error) {
	s = monotonic.ReplaceAllString(s, "")
	named := ""
	for {
		m := annotation.FindStringSubmatch(s)
		if m == nil {
			break
		}
		if m[2] == "!" {
			return 0, errCriticalNote
		}
		s = m[1]
		if !strings.Contains(m[3], "=") {
			named = m[3]
		}
	}
	if s == "" && named != "" {
		s = strings.TrimPrefix(named, "Etc/")
	}
	if universal(s) {
		return 0, nil
	}
	if m := zoneComment.FindStringSubmatch(withoutUniversal(s)); m != nil {
		s = m[1]
	}
	if m := offsetText.FindStringSubmatch(withoutUniversal(s)); m != nil {
		return parseOffsetSeconds(m[1], m[2])
	}
	switch {
	case strings.ContainsAny(s[:1], ".,:"):
		return 0, errFraction
	case halfDay.MatchString("0" + s):
		return 0, errHalfDay
	case regionName.MatchString(s):
		return 0, errZoneName
	case letters.MatchString(s):
		return 0, errAbbreviation
	}
	return 0, errZone
}

func universal(s string) bool {
	switch strings.ToUpper(s) {
	case "", "Z", "UTC", "GMT", "UT", "UNIVERSAL", "ZULU":
		return true
	}
	return false
}

// withoutUniversal is GMT+0100 without its letters.
func withoutUniversal(s string) string {
	for _, name := range []string{"GMT", "UTC", "UT"} {
		if len(s) > len(name) && strings.EqualFold(s[:len(name)], name) && strings.ContainsAny(s[len(name):len(name)+1], "+-") {
			return s[len(name):]
		}
	}
	return s
}

func parseOffsetSeconds(s, seconds string) (time.Duration, error) {
	offset, ok := parseOffset(s)
	more, _ := digits(seconds)
	if !ok || more > 59 {
		return 0, errZone
	}
	if s[0] == '-' {
		more = -more
	}
	return offset + time.Duration(more)*time.Second, nil
}
