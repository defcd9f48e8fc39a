package types

import (
	"fmt"
	"math/big"
	"strings"
	"unicode/utf8"

	bqv2 "google.golang.org/api/bigquery/v2"
)

// Limits are the parameters of a column's type: STRING(3), NUMERIC(10, 2). Those of an
// ARRAY are of its elements. Zeros are none.
type Limits struct {
	Length    int64 // of STRING in characters, of BYTES in bytes
	Precision int64 // of NUMERIC and BIGNUMERIC, digits in all
	Scale     int64 // of them after the point
}

func limitsOf(f *bqv2.TableFieldSchema) Limits {
	return Limits{Length: f.MaxLength, Precision: f.Precision, Scale: f.Scale}
}

// Name is a type of a kind with its parameters, e.g. NUMERIC(10, 2).
func (l Limits) Name(k Kind) string {
	switch {
	case l.Length > 0:
		return fmt.Sprintf("%s(%d)", k, l.Length)
	case l.Precision > 0 && l.Scale > 0:
		return fmt.Sprintf("%s(%d, %d)", k, l.Precision, l.Scale)
	case l.Precision > 0:
		return fmt.Sprintf("%s(%d)", k, l.Precision)
	}
	return k.String()
}

// TooLong words the error of a value that is longer than the limit.
func (l Limits) TooLong(k Kind, length int) string {
	return fmt.Sprintf("%s has maximum length %d but got a value with length %d", l.Name(k), l.Length, length)
}

// Decimal rounds a NUMERIC to the scale, half away from zero, and refuses one with more
// digits than the precision.
func (l Limits) Decimal(k Kind, s string) (string, error) {
	r, ok := new(big.Rat).SetString(s)
	if !ok {
		return "", badValue(k, s)
	}
	rounded := r.FloatString(int(l.Scale))
	whole, _, _ := strings.Cut(strings.TrimPrefix(rounded, "-"), ".")
	if most := l.Precision - l.Scale; int64(len(whole)) > most && strings.Trim(whole, "0") != "" {
		bound := strings.Repeat("9", int(most))
		if bound == "" {
			bound = "0"
		}
		if l.Scale > 0 {
			bound += "." + strings.Repeat("9", int(l.Scale))
		}
		return "", Errorf("%s has precision %d and scale %d but got a value that is not in range of [-%s, %s]", l.Name(k), l.Precision, l.Scale, bound, bound)
	}
	if strings.Contains(rounded, ".") {
		rounded = strings.TrimSuffix(strings.TrimRight(rounded, "0"), ".")
	}
	return rounded, nil
}

// SQL is the field's type in GoogleSQL, with its parameters.
func (f *Field) SQL() string {
	t := f.Scalar()
	name := f.Limits.Name(t.Kind)
	if t.Kind == Range {
		name = t.String()
	}
	if t.Kind == Struct {
		fields := make([]string, len(t.Fields))
		for i := range t.Fields {
			fields[i] = strings.TrimSpace(t.Fields[i].Name + " " + t.Fields[i].SQL())
		}
		name = "STRUCT<" + strings.Join(fields, ", ") + ">"
	}
	if f.Repeated() {
		return "ARRAY<" + name + ">"
	}
	return name
}

// Limited reports whether the field, or one inside of it, has parameters.
func (f *Field) Limited() bool {
	if f.Limits != (Limits{}) {
		return true
	}
	for i := range f.Scalar().Fields {
		if f.Scalar().Fields[i].Limited() {
			return true
		}
	}
	return false
}

// Fit holds a value of Rows to the parameters of the field's type: it rounds numbers, and
// fails for what doesn't fit.
func (f *Field) Fit(v any) (any, error) {
	if v == nil || !f.Limited() {
		return v, nil
	}
	list, ok := v.([]any)
	if !f.Repeated() || !ok {
		return f.fit(v)
	}
	out := make([]any, len(list))
	for i, e := range list {
		var err error
		if out[i], err = f.fit(e); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (f *Field) fit(v any) (any, error) {
	t := f.Scalar()
	switch x := v.(type) {
	case string:
		switch t.Kind {
		case String:
			if n := utf8.RuneCountInString(x); f.Limits.Length > 0 && int64(n) > f.Limits.Length {
				return nil, Errorf("Field %s: %s", f.Name, f.Limits.TooLong(t.Kind, n))
			}
		case Numeric, BigNumeric:
			if f.Limits.Precision > 0 {
				out, err := f.Limits.Decimal(t.Kind, x)
				if err != nil {
					return nil, Errorf("Field %s: %v", f.Name, err)
				}
				return out, nil
			}
		}
	case []byte:
		if f.Limits.Length > 0 && int64(len(x)) > f.Limits.Length {
			return nil, Errorf("Field %s: %s", f.Name, f.Limits.TooLong(t.Kind, len(x)))
		}
	case []any:
		if t.Kind != Struct || len(x) != len(t.Fields) {
			return v, nil
		}
		out := make([]any, len(x))
		for i := range x {
			var err error
			if out[i], err = t.Fields[i].Fit(x[i]); err != nil {
				return nil, err
			}
		}
		return out, nil
	}
	return v, nil
}
