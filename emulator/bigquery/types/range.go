package types

import (
	"fmt"
	"strings"
	"time"

	"cloud.google.com/go/civil"
)

// RangeValue is a value of a RANGE: from Start, inclusive, to End, exclusive, both as in
// Rows. A nil bound is unbounded.
type RangeValue struct{ Start, End any }

// Lowest and Highest stand for bounds that are none in DuckDB, as a DATE or a time. So two
// ranges compare there as they do in BigQuery: a start that is none before all others, an end
// that is none after them.
const (
	Lowest  = "0000-12-31"
	Highest = "10000-01-01"
)

// RangeOf is the type RANGE<elem>.
func RangeOf(elem *Type) *Type { return &Type{Kind: Range, Elem: elem} }

// rangeOf is a RANGE by the name of the type of its elements, one of DATE, DATETIME and
// TIMESTAMP
// (https://cloud.google.com/bigquery/docs/reference/standard-sql/data-types#range_type).
func rangeOf(name string) (*Type, error) {
	k, ok := KindOf(name)
	if !ok || k != Date && k != Datetime && k != Timestamp {
		return nil, Errorf("A RANGE has elements of type DATE, DATETIME or TIMESTAMP, not %q", name)
	}
	return RangeOf(Of(k)), nil
}

// unbounded is the text of a bound that is none.
const unbounded = "UNBOUNDED"

// String is the value in the notation of literals, such as [2020-01-01, UNBOUNDED).
func (r RangeValue) String() string {
	return "[" + BoundText(r.Start) + ", " + BoundText(r.End) + ")"
}

// BoundText is a bound as literals write it.
func BoundText(v any) string {
	switch x := v.(type) {
	case nil:
		return unbounded
	case time.Time:
		return x.UTC().Format("2006-01-02 15:04:05.999999-07")
	case civil.DateTime:
		return string(appendTime(append(appendDate(nil, x.Date), ' '), x.Time))
	default:
		return fmt.Sprint(x)
	}
}

// appendRange appends the value with its bounds in the notation of the REST API.
func (o Format) appendRange(dst []byte, elem *Type, r RangeValue) []byte {
	f := &Field{Type: elem}
	bound := func(v any) string {
		if v == nil {
			return unbounded
		}
		return strings.Trim(string(o.appendScalar(nil, f, v)), `"`)
	}
	return fmt.Appendf(dst, "[%s, %s)", bound(r.Start), bound(r.End))
}

// Parse reads a value of a simple type, or of a RANGE, from text; see the function Parse.
func (t *Type) Parse(s string) (any, error) {
	if t.Kind != Range {
		return Parse(t.Kind, s)
	}
	text := strings.TrimSpace(s)
	inner, opened := strings.CutPrefix(text, "[")
	inner, closed := strings.CutSuffix(inner, ")")
	start, end, two := strings.Cut(inner, ",")
	if !opened || !closed || !two {
		return nil, badValue(Range, s)
	}
	bound := func(text string) (any, error) {
		text = strings.TrimSpace(text)
		if strings.EqualFold(text, unbounded) || strings.EqualFold(text, "NULL") {
			return nil, nil
		}
		return Parse(t.Elem.Kind, text)
	}
	var r RangeValue
	var err error
	if r.Start, err = bound(start); err != nil {
		return nil, err
	}
	if r.End, err = bound(end); err != nil {
		return nil, err
	}
	return r, r.Check()
}

// Check refuses a value whose start isn't before its end.
func (r RangeValue) Check() error {
	if r.Start == nil || r.End == nil || before(r.Start, r.End) {
		return nil
	}
	return Errorf("Range start element must be smaller than range end element: %s", r)
}

func before(a, b any) bool {
	switch x := a.(type) {
	case civil.Date:
		y, ok := b.(civil.Date)
		return ok && x.Before(y)
	case civil.DateTime:
		y, ok := b.(civil.DateTime)
		return ok && x.Before(y)
	case time.Time:
		y, ok := b.(time.Time)
		return ok && x.Before(y)
	}
	return false
}

// bounds reads {"start": …, "end": …}, where a bound that isn't there is unbounded.
func (r *Reader) bounds(obj map[string]any, t *Type, path string) (any, error) {
	var v RangeValue
	for name, bound := range obj {
		f := &Field{Name: path + "." + name, Type: t.Elem}
		at := &v.Start
		switch strings.ToLower(name) {
		case "start":
		case "end":
			at = &v.End
		default:
			return nil, &FieldError{path + "." + name, fmt.Sprintf("no such field: %s.%s.", path, name)}
		}
		var err error
		if *at, err = r.scalar(bound, f, ""); err != nil {
			return nil, err
		}
	}
	return v, v.Check()
}
