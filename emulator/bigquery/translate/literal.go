package translate

import (
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	gsql "github.com/goccy/go-googlesql"

	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// quoteString is a string literal of DuckDB.
func quoteString(s string) string {
	if strings.ContainsRune(s, 0) { // DuckDB's parser ends at it
		parts := strings.Split(s, "\x00")
		for i, p := range parts {
			parts[i] = quoteString(p)
		}
		return "(" + strings.Join(parts, " || chr(0) || ") + ")"
	}
	return "'" + strings.ReplaceAll(s, "'", "''") + "'"
}

// literalText is a value as a DuckDB expression of the exact type. The value
// of an enumeration, such as a date part, is its bare name.
func literalText(v *gsql.Value, t *translator) string {
	node := must(v.Type())
	if must(node.Kind()) == gsql.TypeKindTypeEnum {
		if must(v.IsNull()) {
			unsupported("NULL in the place of a keyword")
		}
		return must(v.EnumDisplayName())
	}
	typ := typeOf(node)
	if must(v.IsNull()) {
		return pinned("NULL", typ)
	}
	switch typ.Kind {
	case types.Array:
		return pinned("["+strings.Join(literalTexts(must(v.Elements()), t), ", ")+"]", typ)
	case types.Struct:
		fields := literalTexts(must(v.Fields()), t)
		for i := range fields {
			fields[i] = types.Quote(typ.Key(i)) + " := " + fields[i]
		}
		return "struct_pack(" + strings.Join(fields, ", ") + ")"
	default:
		return pinned(t.scalarText(v, node, typ), typ)
	}
}

func literalTexts(values []*gsql.Value, t *translator) []string {
	list := make([]string, len(values))
	for i, v := range values {
		list[i] = literalText(v, t)
	}
	return list
}

// scalarText is a value of a simple type before it is cast to the type.
func (t *translator) scalarText(v *gsql.Value, node gsql.Googlesql_TypeNode, typ *types.Type) string {
	switch typ.Kind {
	case types.Int64:
		if must(node.Kind()) == gsql.TypeKindTypeInt32 {
			return strconv.Itoa(int(must(v.Int32Value())))
		}
		return strconv.FormatInt(must(v.Int64Value()), 10)
	case types.Float64:
		return floatText(must(v.DoubleValue()))
	case types.Bool:
		return strconv.FormatBool(must(v.BoolValue()))
	case types.String:
		return quoteString(must(v.StringValue()))
	case types.Bytes:
		return "from_hex('" + hex.EncodeToString([]byte(must(v.BytesValue()))) + "')"
	case types.Date:
		day := time.Unix(int64(must(v.DateValue()))*86400, 0).UTC()
		return "'" + day.Format("2006-01-02") + "'"
	case types.Timestamp:
		return fmt.Sprintf("make_timestamp(%d)", must(v.ToUnixMicros()))
	case types.Datetime:
		d := must(v.DatetimeValue())
		t.suspectFold(d)
		return fmt.Sprintf("'%04d-%02d-%02d %02d:%02d:%02d.%06d'", must(d.Year()), must(d.Month()), must(d.Day()),
			must(d.Hour()), must(d.Minute()), must(d.Second()), must(d.Microseconds()))
	case types.Time:
		d := must(v.TimeValue())
		return fmt.Sprintf("'%02d:%02d:%02d.%06d'", must(d.Hour()), must(d.Minute()), must(d.Second()), must(d.Microseconds()))
	case types.Numeric:
		return "'" + must(must(v.NumericValue()).ToString()) + "'"
	case types.BigNumeric:
		s := must(must(v.BignumericValue()).ToString())
		whole, frac, _ := strings.Cut(strings.TrimPrefix(s, "-"), ".")
		if len(frac) > 18 || len(whole) > 20 {
			unsupported("the BIGNUMERIC %s, beyond 20 digits before or 18 after the point,", s)
		}
		return "'" + s + "'"
	case types.JSON:
		return quoteString(must(v.JsonString()))
	case types.Interval:
		i := must(v.IntervalValue())
		return fmt.Sprintf("(to_months(%d) + to_days(%d) + to_microseconds(%d))",
			must(i.GetMonths()), must(i.GetDays()), must(i.GetMicros()))
	default:
		unsupported("a literal of type %s", typ)
		return ""
	}
}

// suspectFold starts again without constant folding when a DATETIME is the
// epoch: that is what the analyzer's build folds any CAST of a DATE to.
func (t *translator) suspectFold(d *gsql.DatetimeValue) {
	if !t.req.unfolded && must(d.Year()) == 1970 && must(d.Month()) == 1 && must(d.Day()) == 1 && must(d.Hour()) == 0 {
		fail(errFolded)
	}
}

// errFolded asks for an analysis without constant folding.
var errFolded = errors.New("a constant may be folded wrongly")

func floatText(f float64) string {
	switch {
	case math.IsNaN(f):
		return "'nan'"
	case math.IsInf(f, 1):
		return "'inf'"
	case math.IsInf(f, -1):
		return "'-inf'"
	default:
		return strconv.FormatFloat(f, 'e', -1, 64)
	}
}
