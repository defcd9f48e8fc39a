package analyzer

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"cloud.google.com/go/civil"
	gsql "github.com/goccy/go-googlesql"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
	"github.com/tallystream/tallystream/emulator/bigquery/resolved"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

// literal copies a constant. The value of an enumeration, such as a date part, is
// its bare name.
func (c *converter) literal(v *gsql.Value, typed resolved.Typed) resolved.Expr {
	if must(v.TypeKind()) != gsql.TypeKindTypeEnum {
		return &resolved.Literal{Typed: typed, Value: c.value(v, typed.Of)}
	}
	if must(v.IsNull()) {
		bqerror.Refuse("NULL in the place of a keyword")
	}
	return &resolved.Literal{Typed: typed, Keyword: must(v.EnumDisplayName())}
}

var (
	// timestampText is a TIMESTAMP as it is written: a string literal without escapes.
	timestampText = regexp.MustCompile(`^(?i:TIMESTAMP\s*)?(?:'([^'\\]*)'|"([^"\\]*)")$`)
	stringText    = regexp.MustCompile(`'[^'\\]*'|"[^"\\]*"`)
	// zonedText is a string literal of a time with its zone.
	zonedText = regexp.MustCompile(`\d:\d[\d.:]*\s*(?:[Zz]|[+-]\d[\d:]*|[A-Za-z][\w/+-]+)["']$`)
)

// zonedLiteral is a constant of TIMESTAMPs where the statement's time zone isn't UTC. What its author
// wrote is read when the statement runs; a list whose elements say their zones is as the analyzer read it.
func (c *converter) zonedLiteral(e *gsql.ResolvedLiteral, typed resolved.Typed) resolved.Expr {
	if at := must(e.GetParseLocationRangeOrNULL()); at != nil {
		text := strings.TrimSpace(c.sql[must(must(at.Start()).GetByteOffset()):must(must(at.End()).GetByteOffset())])
		if m := timestampText.FindStringSubmatch(text); m != nil && typed.Of.Kind == types.Timestamp {
			return &resolved.Cast{Typed: typed, Expr: &resolved.Literal{Typed: resolved.Typed{Of: types.Of(types.String)}, Value: m[1] + m[2]}}
		}
		texts := stringText.FindAllString(text, -1)
		if len(texts) > 0 && !slices.ContainsFunc(texts, func(s string) bool { return !zonedText.MatchString(s) }) && typed.Of.Kind != types.Range {
			return c.literal(must(e.Value()), typed)
		}
	}
	bqerror.Refuse("a constant of type %s whose times don't say their zones, where @@time_zone is %s,", typed.Of, c.zone)
	return nil
}

// holdsTimestamp reports whether values of a type are TIMESTAMPs, or hold some.
func holdsTimestamp(t *types.Type) bool {
	return t.Holds(func(t *types.Type) bool { return t.Kind == types.Timestamp })
}

// value is a constant in the form that resolved.Literal describes.
func (c *converter) value(v *gsql.Value, typ *types.Type) any {
	if must(v.IsNull()) {
		return nil
	}
	switch typ.Kind {
	case types.Array:
		elements := must(v.Elements())
		list := make([]any, len(elements))
		for i, e := range elements {
			list[i] = c.value(e, typ.Elem)
		}
		return list
	case types.Struct:
		fields := must(v.Fields())
		list := make([]any, len(fields))
		for i, f := range fields {
			list[i] = c.value(f, typ.Fields[i].Type)
		}
		return list
	case types.Range:
		return types.RangeValue{Start: c.value(must(v.Start()), typ.Elem), End: c.value(must(v.End()), typ.Elem)}
	case types.Int64:
		if must(v.TypeKind()) == gsql.TypeKindTypeInt32 {
			return int64(must(v.Int32Value()))
		}
		return must(v.Int64Value())
	case types.Float64:
		return must(v.DoubleValue())
	case types.Bool:
		return must(v.BoolValue())
	case types.String:
		return must(v.StringValue())
	case types.Bytes:
		return []byte(must(v.BytesValue()))
	case types.Numeric:
		return must(must(v.NumericValue()).ToString())
	case types.BigNumeric:
		return must(must(v.BignumericValue()).ToString())
	case types.JSON:
		return must(v.JsonString())
	}
	return c.timeValue(v, typ)
}

func (c *converter) timeValue(v *gsql.Value, typ *types.Type) any {
	switch typ.Kind {
	case types.Date:
		return civil.DateOf(time.Unix(int64(must(v.DateValue()))*86400, 0).UTC())
	case types.Timestamp:
		return time.UnixMicro(must(v.ToUnixMicros())).UTC()
	case types.Datetime:
		d := must(v.DatetimeValue())
		out := civil.DateTime{
			Date: civil.Date{Year: int(must(d.Year())), Month: time.Month(must(d.Month())), Day: int(must(d.Day()))},
			Time: clock(int(must(d.Hour())), int(must(d.Minute())), int(must(d.Second())), int(must(d.Microseconds()))),
		}
		// The analyzer's build folds any CAST of a DATE to a DATETIME to the epoch.
		c.suspect = c.suspect || out.Date == civil.Date{Year: 1970, Month: 1, Day: 1} && out.Time.Hour == 0
		return out
	case types.Time:
		d := must(v.TimeValue())
		return clock(int(must(d.Hour())), int(must(d.Minute())), int(must(d.Second())), int(must(d.Microseconds())))
	case types.Interval:
		i := must(v.IntervalValue())
		return types.IntervalValue{Months: int64(must(i.GetMonths())), Days: int64(must(i.GetDays())), Micros: int64(must(i.GetMicros()))}
	}
	bqerror.Refuse("a literal of type %s", typ)
	return nil
}

func clock(hour, minute, second, micros int) civil.Time {
	return civil.Time{Hour: hour, Minute: minute, Second: second, Nanosecond: micros * 1000}
}
