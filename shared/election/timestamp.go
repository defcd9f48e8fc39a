package election

import "time"

// ParseTime reads a time as ISO 8601 and RFC 3339 write it: a date, a T, t or
// space, a time of day with seconds, optionally a fraction (cut to
// microseconds, BigQuery's resolution) and a zone (Z, z, ±hh, ±hhmm, ±hh:mm;
// none is UTC). It is several times faster than trying time.Parse's layouts.
func ParseTime(s string) (time.Time, bool) {
	date, ok := parseDay(s)
	if !ok || len(s) < len("2006-01-02T15:04:05") || (s[10] != 'T' && s[10] != 't' && s[10] != ' ') {
		return time.Time{}, false
	}
	hour, ok1 := digits(s[11:13])
	minute, ok2 := digits(s[14:16])
	second, ok3 := digits(s[17:19])
	if !ok1 || !ok2 || !ok3 || s[13] != ':' || s[16] != ':' || hour > 23 || minute > 59 || second > 59 {
		return time.Time{}, false
	}
	micros, rest, ok := parseFraction(s[19:])
	if !ok {
		return time.Time{}, false
	}
	offset, ok := parseZone(rest)
	if !ok {
		return time.Time{}, false
	}
	t := date.Add(time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute +
		time.Duration(second)*time.Second + time.Duration(micros)*time.Microsecond - offset)
	// BigQuery's range: a zone may lead out of it at its ends.
	if y := t.Year(); y < 1 || y > 9999 {
		return time.Time{}, false
	}
	return t, true
}

// parseDay reads the YYYY-MM-DD that s begins with.
func parseDay(s string) (time.Time, bool) {
	if len(s) < len("2006-01-02") || s[4] != '-' || s[7] != '-' {
		return time.Time{}, false
	}
	year, ok1 := digits(s[0:4])
	month, ok2 := digits(s[5:7])
	day, ok3 := digits(s[8:10])
	if !ok1 || !ok2 || !ok3 || year < 1 {
		return time.Time{}, false
	}
	t := time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
	// time.Date turns 31 April into 1 May.
	if t.Day() != day || int(t.Month()) != month {
		return time.Time{}, false
	}
	return t, true
}

// parseFraction reads a fraction of a second, if s begins with one, as whole
// microseconds and returns what follows it.
func parseFraction(s string) (micros int, rest string, ok bool) {
	if s == "" || (s[0] != '.' && s[0] != ',') {
		return 0, s, true
	}
	n := 1
	for ; n < len(s) && '0' <= s[n] && s[n] <= '9'; n++ {
		if n <= 6 {
			micros = micros*10 + int(s[n]-'0')
		}
	}
	for i := n; i <= 6; i++ {
		micros *= 10
	}
	return micros, s[n:], n > 1
}

// parseZone reads what follows the time of day as an offset east of UTC.
func parseZone(s string) (time.Duration, bool) {
	switch {
	case s == "" || s == "Z" || s == "z":
		return 0, true
	case len(s) == 6 && s[3] == ':':
		s = s[:3] + s[4:]
	case len(s) == 3:
		s += "00"
	case len(s) != 5:
		return 0, false
	}
	hours, ok1 := digits(s[1:3])
	minutes, ok2 := digits(s[3:5])
	if !ok1 || !ok2 || hours > 23 || minutes > 59 {
		return 0, false
	}
	offset := time.Duration(hours)*time.Hour + time.Duration(minutes)*time.Minute
	switch s[0] {
	case '+':
		return offset, true
	case '-':
		return -offset, true
	}
	return 0, false
}

// digits reads a text of digits only.
func digits(s string) (int, bool) {
	n := 0
	for i := range len(s) {
		c := s[i]
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + int(c-'0')
	}
	return n, true
}
