package times

import (
	"database/sql/driver"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/tallystream/tallystream/emulator/bigquery/function"
)

// casting writes times by the elements of CAST … FORMAT.
var casting = function.Group{
	Natives: []function.Native{
		{Name: "bq_cast_format", Args: function.Types{function.Timestamp, function.Text, function.Text, function.Text}, Result: function.Text, Call: func(a []driver.Value) (any, error) {
			t, err := inZone(a[0].(time.Time), a[2].(string))
			if err != nil {
				return nil, err
			}
			return castFormat(t, a[1].(string), a[3].(string))
		}},
		{Name: "bq_cast_parse", Args: function.Types{function.Text, function.Text, function.Text, function.Text}, Result: function.Timestamp, Call: func(a []driver.Value) (any, error) {
			format, err := parseFormat(a[1].(string), a[3].(string))
			if err != nil {
				return nil, err
			}
			return parseAs(&parser{cast: true}, format, a[0].(string), a[2].(string), a[3].(string))
		}},
	},
}

// castParts are the elements of CAST … FORMAT, longest first.
var castParts = []struct{ element, strftime string }{
	{"YYYY", "%E4Y"}, {"YY", "%y"}, {"MONTH", "%B"}, {"MON", "%b"}, {"MM", "%m"}, {"DDD", "%j"}, {"DD", "%d"}, {"DAY", "%A"}, {"DY", "%a"}, {"D", ""},
	{"HH24", "%H"}, {"HH12", "%I"}, {"HH", "%I"}, {"MI", "%M"}, {"SSSSS", ""}, {"SS", "%S"}, {"A.M.", ""}, {"P.M.", ""}, {"AM", "%p"}, {"PM", "%p"},
	{"TZH", ""}, {"TZM", ""}, {"Q", "%Q"},
}

// elementsWithout are the elements that no value of a type has.
var elementsWithout = map[string]string{
	"DATE": " HH24 HH12 HH MI SSSSS SS A.M. P.M. AM PM FF TZH TZM ", "DATETIME": " TZH TZM ",
	"TIME": " YYYY YYY YY Y RRRR RR MONTH MON MM DDD DD DAY DY D Q TZH TZM ",
}

// castFormat writes a value of a type by the elements of CAST … FORMAT.
func castFormat(t time.Time, format, kind string) (any, error) {
	var b strings.Builder
	for rest := format; rest != ""; {
		if rest[0] == '"' {
			literal, after, ok := strings.Cut(rest[1:], `"`)
			if !ok {
				return nil, function.Errorf("Unterminated text in the format %q", format)
			}
			b.WriteString(literal)
			rest = after
			continue
		}
		s, n, err := castPart(t, rest)
		if err != nil {
			return nil, function.Errorf("Invalid format %q: %v", format, err)
		}
		if element := strings.ToUpper(strings.TrimRight(rest[:n], "123456789")); strings.Contains(elementsWithout[kind], " "+strings.ToUpper(rest[:n])+" ") || strings.Contains(elementsWithout[kind], " "+element+" ") {
			return nil, function.Errorf("%s does not support '%s'", kind, strings.ToUpper(rest[:n]))
		}
		b.WriteString(s)
		rest = rest[n:]
	}
	return b.String(), nil
}

// castPart writes the first element of a format and returns its length.
func castPart(t time.Time, rest string) (string, int, error) {
	upper := strings.ToUpper(rest)
	if len(upper) > 2 && upper[:2] == "FF" && upper[2] >= '1' && upper[2] <= '9' {
		return (fmt.Sprintf("%06d", t.Nanosecond()/1000) + "000")[:upper[2]-'0'], 3, nil
	}
	for _, p := range castParts {
		if !strings.HasPrefix(upper, p.element) {
			continue
		}
		_, offset := t.Zone()
		switch p.element {
		case "D":
			return strconv.Itoa(int(t.Weekday()) + 1), 1, nil
		case "SSSSS":
			return fmt.Sprintf("%05d", t.Hour()*3600+t.Minute()*60+t.Second()), 5, nil
		case "A.M.", "P.M.":
			return map[bool]string{true: "A.M.", false: "P.M."}[t.Hour() < 12], 4, nil
		case "TZH":
			return fmt.Sprintf("%+03d", offset/3600), 3, nil
		case "TZM":
			return fmt.Sprintf("%02d", max(offset, -offset)%3600/60), 3, nil
		}
		s, err := formatTime(p.strftime, t, "TIMESTAMP")
		if err != nil {
			return "", 0, err
		}
		return sameCase(s.(string), rest[:len(p.element)]), len(p.element), nil
	}
	if strings.ContainsRune("-./,';: ", rune(rest[0])) {
		return rest[:1], 1, nil
	}
	return "", 0, function.Errorf("unknown element at %q", rest)
}

// parsedParts are the elements that CAST reads, longest first, each with the element of
// PARSE_TIMESTAMP that means the same.
var parsedParts = []struct{ element, strftime string }{
	{"YYYY", "%Y"}, {"YY", "%y"}, {"MONTH", "%B"}, {"MON", "%b"}, {"MM", "%m"}, {"DDD", "%j"}, {"DD", "%d"}, {"DAY", "%A"}, {"DY", "%a"},
	{"HH24", "%H"}, {"HH12", "%I"}, {"HH", "%I"}, {"MI", "%M"}, {"AM", "%p"}, {"PM", "%p"}, {"TZH:TZM", "%Ez"}, {"TZHTZM", "%z"}, {"TZH", "%z"},
}

var secondsParsed = regexp.MustCompile(`^SS(\.FF[1-9])?`)

// parseFormat is a format of CAST as one of PARSE_TIMESTAMP. BigQuery takes a missing year or
// month from the current date, which this doesn't: a format must have both.
func parseFormat(format, kind string) (string, error) {
	upper := strings.ToUpper(format)
	if kind != "TIME" && (!strings.Contains(upper, "YY") || !strings.Contains(upper, "MM") && !strings.Contains(upper, "MON")) {
		return "", function.Errorf("CAST to %s with the format %q, without a year and a month, is not supported by this emulator", kind, format)
	}
	var b strings.Builder
next:
	for rest := format; rest != ""; {
		upper = strings.ToUpper(rest)
		if m := secondsParsed.FindString(upper); m != "" && !strings.HasPrefix(upper, "SSSSS") {
			b.WriteString("%S")
			if len(m) > len("SS") {
				b.WriteString(".%E" + m[len(m)-1:] + "f")
			}
			rest = rest[len(m):]
			continue
		}
		for _, p := range parsedParts {
			if strings.HasPrefix(upper, p.element) {
				if strings.Contains(elementsWithout[kind], " "+p.element+" ") || strings.HasPrefix(p.element, "TZH") && kind != "TIMESTAMP" {
					return "", function.Errorf("The format element '%s' is not allowed for output type %s", p.element, kind)
				}
				b.WriteString(p.strftime)
				rest = rest[len(p.element):]
				continue next
			}
		}
		if literal, after, ok := strings.Cut(strings.TrimPrefix(rest, `"`), `"`); ok && rest[0] == '"' {
			b.WriteString(strings.ReplaceAll(literal, "%", "%%"))
			rest = after
			continue
		}
		if !strings.ContainsRune("-./,';: ", rune(rest[0])) {
			return "", function.Errorf("the element at %q of the format %q of CAST is not supported by this emulator", rest, format)
		}
		b.WriteByte(rest[0])
		rest = rest[1:]
	}
	return b.String(), nil
}

// sameCase writes names in the case of the element: MONTH, Month or month.
func sameCase(s, element string) string {
	switch {
	case element == strings.ToUpper(element):
		return strings.ToUpper(s)
	case element == strings.ToLower(element):
		return strings.ToLower(s)
	}
	return s
}
