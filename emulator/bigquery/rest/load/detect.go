package load

import (
	"regexp"
	"strings"
	"unicode"

	"github.com/tallystream/tallystream/emulator/bigquery/value"
)

// texts recognize what a text stands for, the likelier kinds first.
var texts = []struct {
	kind  value.Kind
	shape *regexp.Regexp
}{
	{value.Date, regexp.MustCompile(`^\d{4}-\d{1,2}-\d{1,2}$`)},
	{value.Timestamp, regexp.MustCompile(`^\d{4}-\d{1,2}-\d{1,2}[ T]\d{1,2}:\d{1,2}:\d{1,2}(\.\d+)?\s*([Zz]|UTC|[+-]\d{1,2}(:?\d{2})?)?$`)},
	{value.Time, regexp.MustCompile(`^\d{1,2}:\d{1,2}:\d{1,2}(\.\d+)?$`)},
}

// kindOfText is the kind of a quoted JSON text: a time of some sort, or a string.
func kindOfText(s string) value.Kind {
	for _, t := range texts {
		if t.shape.MatchString(s) {
			if _, err := value.Parse(t.kind, s); err == nil {
				return t.kind
			}
		}
	}
	return value.String
}

var (
	integers = regexp.MustCompile(`^[+-]?\d+$`)
	decimals = regexp.MustCompile(`^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$`)
)

// kindOfCell is the kind of a CSV cell.
func kindOfCell(s string) value.Kind {
	s = strings.TrimSpace(s)
	switch {
	case integers.MatchString(s):
		if _, err := value.Parse(value.Int64, s); err == nil {
			return value.Int64
		}
		return value.Float64
	case decimals.MatchString(s):
		return value.Float64
	case strings.EqualFold(s, "true"), strings.EqualFold(s, "false"):
		return value.Bool
	}
	return kindOfText(s)
}

// join is the kind that holds values of two.
func join(a, b value.Kind) value.Kind {
	switch {
	case a == value.Invalid || a == b:
		return b
	case b == value.Invalid:
		return a
	case isAny(value.Float64, a, b) && isAny(value.Int64, a, b):
		return value.Float64
	case isAny(value.Timestamp, a, b) && isAny(value.Date, a, b):
		return value.Timestamp
	}
	return value.String
}

func isAny(k, a, b value.Kind) bool { return a == k || b == k }

// typeName is the REST name of a detected type. What was always NULL is a string.
func typeName(k value.Kind) string {
	switch k {
	case value.Int64:
		return "INTEGER"
	case value.Float64:
		return "FLOAT"
	case value.Bool:
		return "BOOLEAN"
	case value.Timestamp:
		return "TIMESTAMP"
	case value.Date:
		return "DATE"
	case value.Time:
		return "TIME"
	}
	return "STRING"
}

// columnName makes a name that a column may have: letters, digits, underscores,
// no digit in front.
func columnName(s string) string {
	name := strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || r == '_' {
			return r
		}
		return '_'
	}, strings.TrimSpace(s))
	if name == "" || unicode.IsDigit([]rune(name)[0]) {
		name = "_" + name
	}
	return name
}
