package analyzer

import (
	"math"
	"regexp"
	"strings"

	gsql "github.com/goccy/go-googlesql"

	"github.com/tallystream/tallystream/emulator/bigquery/resolved"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

var (
	// negativeZero is -0.0 among other text.
	negativeZero = regexp.MustCompile(`-\s*(?:0+\.0*|\.0+|0+(?:\.0*)?[eE])`)
	numberText   = regexp.MustCompile(`-?\s*(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?`)
)

// signed gives a constant the sign of each -0.0 that it holds, as it is written: the binding hands over 0 for it.
func (c *converter) signed(e *gsql.ResolvedLiteral, literal resolved.Expr) resolved.Expr {
	constant, ok := literal.(*resolved.Literal)
	if !ok || !negativeZero.MatchString(c.sql) {
		return literal
	}
	at := must(e.GetParseLocationRangeOrNULL())
	if at == nil {
		return literal
	}
	text := c.sql[must(must(at.Start()).GetByteOffset()):must(must(at.End()).GetByteOffset())]
	numbers := numberText.FindAllString(text, -1)
	switch constant.Of.Kind {
	case types.Float64:
		if len(numbers) == 1 {
			constant.Value = signedAs(constant.Value, numbers[0])
		}
	case types.Array:
		list, _ := constant.Value.([]any)
		if constant.Of.Elem.Kind == types.Float64 && len(list) == len(numbers) {
			for i, n := range numbers {
				list[i] = signedAs(list[i], n)
			}
		}
	}
	return constant
}

// signedAs is a FLOAT64 with the sign that it is written with.
func signedAs(value any, text string) any {
	if f, ok := value.(float64); ok && f == 0 && strings.HasPrefix(text, "-") && strings.ContainsAny(text, ".eE") {
		return math.Copysign(0, -1)
	}
	return value
}
