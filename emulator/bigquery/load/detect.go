package load

import (
	"regexp"
	"strings"
	"unicode"

	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// texts recognize what a text stands for, the likelier kinds first.
var texts = []struct {
	kind  types.Kind
	shape *regexp.Regexp
}{
	{types.Date, regexp.MustCompile(`^\d{4}-\d{1,2}-\d{1,2}$`)},
	{types.Timestamp, regexp.MustCompile(`^\d{4}-\d{1,2}-\d{1,2}[ T]\d{1,2}:\d{1,2}:\d{1,2}(\.\d+)?\s*([Zz]|UTC|[+-]\d{1,2}(:?\d{2})?)?$`)},
	{types.Time, regexp.MustCompile(`^\d{1,2}:\d{1,2}:\d{1,2}(\.\d+)?$`)},
}

// kindOfText is the kind of a quoted JSON text: a time of some sort, or a string.
func kindOfText(s string) types.Kind {
	for _, t := range texts {
		if t.shape.MatchString(s) {
			if _, err := types.Parse(t.kind, s); err == nil {
				return t.kind
			}
		}
	}
	return types.String
}

var (
	integers = regexp.MustCompile(`^[+-]?\d+$`)
	decimals = regexp.MustCompile(`^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$`)
)

// kindOfCell is the kind of a CSV cell.
func kindOfCell(s string) types.Kind {
	s = strings.TrimSpace(s)
	switch {
	case integers.MatchString(s):
		if _, err := types.Parse(types.Int64, s); err == nil {
			return types.Int64
		}
		return types.Float64
	case decimals.MatchString(s):
		return types.Float64
	case strings.EqualFold(s, "true"), strings.EqualFold(s, "false"):
		return types.Bool
	}
	return kindOfText(s)
}

// join is the kind that holds values of two.
func join(a, b types.Kind) types.Kind {
	switch {
	case a == types.Invalid || a == b:
		return b
	case b == types.Invalid:
		return a
	case isAny(types.Float64, a, b) && isAny(types.Int64, a, b):
		return types.Float64
	case isAny(types.Timestamp, a, b) && isAny(types.Date, a, b):
		return types.Timestamp
	}
	return types.String
}

func isAny(k, a, b types.Kind) bool { return a == k || b == k }

// typeName is the REST name of a detected type. What was always NULL is a string.
func typeName(k types.Kind) string {
	switch k {
	case types.Int64:
		return "INTEGER"
	case types.Float64:
		return "FLOAT"
	case types.Bool:
		return "BOOLEAN"
	case types.Timestamp:
		return "TIMESTAMP"
	case types.Date:
		return "DATE"
	case types.Time:
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
