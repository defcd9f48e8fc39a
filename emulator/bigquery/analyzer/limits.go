package analyzer

import (
	"regexp"
	"strconv"

	gsql "github.com/goccy/go-googlesql"

	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

var (
	numericLimits = regexp.MustCompile(`precision=(\d+)(?:,\s*scale=(\d+))?`)
	lengthLimit   = regexp.MustCompile(`max_length=(\d+)`)
)

// limitsOf reads the parameters of a simple type.
func limitsOf(p *gsql.TypeParameters) types.Limits {
	var l types.Limits
	text := must(p.DebugString()) // e.g. (precision=10,scale=2); the analyzer's binding has no getters
	number := func(s string) int64 {
		n, _ := strconv.ParseInt(s, 10, 64) // digits, or empty for 0
		return n
	}
	if m := numericLimits.FindStringSubmatch(text); m != nil {
		l.Precision, l.Scale = number(m[1]), number(m[2])
	} else if m := lengthLimit.FindStringSubmatch(text); m != nil {
		l.Length = number(m[1])
	}
	return l
}

// limit sets the parameters of a column's type, and of the types inside of it.
func limit(f *types.Field, p *gsql.TypeParameters) {
	if p == nil || must(p.IsEmpty()) {
		return
	}
	switch f.Type.Kind {
	case types.Array:
		elem := types.Field{Name: f.Name, Type: f.Type.Elem}
		limit(&elem, must(p.Child(0)))
		f.Limits = elem.Limits
	case types.Struct:
		for i := range f.Type.Fields {
			if i < int(must(p.NumChildren())) {
				limit(&f.Type.Fields[i], must(p.Child(int32(i))))
			}
		}
	default:
		f.Limits = limitsOf(p)
	}
}
