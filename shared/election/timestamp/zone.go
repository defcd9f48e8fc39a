package timestamp

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
	// +01:00, and +00:19:32: offsets of the past had seconds.
	offsetText = regexp.MustCompile(`^([+-]\d\d(?::?\d\d)?)(?::?(\d\d))?$`)
	// The name that follows an offset: CET, (CET), (Central European Time), +03.
	zoneComment = regexp.MustCompile(`^([+-][\d:]+) (?:\([^()]*\)|\pL+|[+-]\d\d(?:\d\d)?)$`)
	letters     = regexp.MustCompile(`^\(?\pL[\pL ]*\)?$`)
	regionName  = regexp.MustCompile(`^[A-Za-z_]+/[A-Za-z_/+\-0-9]+$`)
)

// parseZone reads what follows a time of day as an offset east of UTC. It may be
// nothing, Z, UTC or GMT, an offset, or an offset behind UTC or GMT. The name of a
// zone may follow an offset. A name without an offset is refused: it needs a data
// base of zones, and in the hour that autumn repeats it means two moments.
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

// universal reports whether s is a name of UTC, or nothing.
func universal(s string) bool {
	switch strings.ToUpper(s) {
	case "", "Z", "UTC", "GMT", "UT", "UNIVERSAL", "ZULU":
		return true
	}
	return false
}

// withoutUniversal returns the offset of a text such as GMT+0100, and any other text
// as it is.
func withoutUniversal(s string) string {
	for _, name := range []string{"GMT", "UTC", "UT"} {
		if len(s) > len(name) && strings.EqualFold(s[:len(name)], name) && strings.ContainsAny(s[len(name):len(name)+1], "+-") {
			return s[len(name):]
		}
	}
	return s
}

// parseOffsetSeconds reads an offset, and the seconds that may follow it.
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
