package warehouse

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/tallystream/tallystream/shared/jsonobject"
)

// An AddedColumn is a column that a raw table has and this program doesn't know. It is
// filled from the field of the same name in the records, so that a field which producers
// add can be stored without a new program.
type AddedColumn struct {
	Name string
	Type AddedType
}

// An AddedType is a type of added columns that are filled.
type AddedType int

// The types, for any warehouse.
const (
	AddedText AddedType = iota
	AddedInteger
	AddedFloat
	AddedBool
)

// private lists fields that are never stored in an added column. A voter is stored as a
// key only; KEEP_NAMES alone decides about names.
var private = []string{"voter_id", "name"}

// Private reports whether a field is never stored in an added column.
func Private(field string) bool {
	return slices.ContainsFunc(private, func(name string) bool { return strings.EqualFold(name, field) })
}

// AddedValues returns what a record, a JSON object, has for each column: a string, an
// int64, a float64, a bool or nil. A field that is absent, null, or doesn't fit the
// column's type is nil. Such a record is still counted: added columns play no part in it.
func AddedValues(columns []AddedColumn, record []byte) []any {
	found := make([]jsonobject.Value, len(columns))
	values := make([]any, len(columns))
	err := jsonobject.Each(string(record), func(name string, v jsonobject.Value) {
		for i := range columns {
			if columns[i].Name == name {
				found[i] = v // if a field is there twice, the last one counts
			}
		}
	})
	if err != nil {
		return values // the record is a reject, which has no added columns
	}
	for i, v := range found {
		values[i] = columns[i].Type.value(v)
	}
	return values
}

// value returns a field's value in the column's type, or nil if it doesn't fit.
func (t AddedType) value(v jsonobject.Value) any {
	if v.Kind == jsonobject.Null {
		return nil
	}
	scalar := v.Kind == jsonobject.Number || v.Kind == jsonobject.String
	text := strings.TrimSpace(v.Text)
	switch t {
	case AddedText:
		return v.Text // a list or an object is stored as its JSON text
	case AddedInteger:
		if n, err := strconv.ParseInt(text, 10, 64); err == nil && scalar {
			return n
		}
	case AddedFloat:
		if x, err := strconv.ParseFloat(text, 64); err == nil && scalar && !math.IsNaN(x) && !math.IsInf(x, 0) {
			return x
		}
	case AddedBool:
		if v.Kind == jsonobject.Bool {
			return v.Text == "true"
		}
	}
	return nil
}
