package types

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// A FieldError says which field of a row could not be converted.
type FieldError struct {
	Field   string // the path, with dots
	Message string
}

func (e *FieldError) Error() string { return e.Message }

// A Reader converts JSON objects into rows.
type Reader struct {
	fields []Field
	byName map[string]int           // position of a column by its name in lower case
	nested map[*Type]map[string]int // the same of the fields of each STRUCT

	// IgnoreUnknown drops names that the schema doesn't have.
	IgnoreUnknown bool
	// JSONText says that a JSON string for a JSON column holds JSON text, as
	// insertAll has it. Otherwise it is a JSON string.
	JSONText bool
}

// NewReader returns a Reader of rows with these fields.
func NewReader(fields []Field) *Reader {
	r := &Reader{fields: fields, byName: Index(fields), nested: map[*Type]map[string]int{}}
	r.index(fields)
	return r
}

func (r *Reader) index(fields []Field) {
	for i := range fields {
		if t := fields[i].Scalar(); t.Kind == Struct {
			r.nested[t] = Index(t.Fields)
			r.index(t.Fields)
		}
	}
}

// Row converts an object decoded with UseNumber. Fields it doesn't name are NULL.
func (r *Reader) Row(obj map[string]any) ([]any, error) {
	return r.record(obj, r.fields, r.byName, "")
}

func (r *Reader) record(obj map[string]any, fields []Field, byName map[string]int, path string) ([]any, error) {
	row := make([]any, len(fields))
	for name, v := range obj {
		i, ok := lookup(byName, name)
		if !ok {
			if r.IgnoreUnknown {
				continue
			}
			return nil, &FieldError{path + name, fmt.Sprintf("no such field: %s.", path+name)}
		}
		var err error
		if row[i], err = r.value(v, &fields[i], path); err != nil {
			return nil, err
		}
	}
	for i := range fields {
		switch {
		case row[i] != nil:
		case fields[i].Repeated():
			row[i] = []any{}
		case fields[i].Required:
			return nil, &FieldError{path + fields[i].Name, fmt.Sprintf("Missing required field: %s.", path+fields[i].Name)}
		}
	}
	return row, nil
}

func (r *Reader) value(v any, f *Field, path string) (any, error) {
	if !f.Repeated() {
		return r.scalar(v, f, path)
	}
	if v == nil {
		return []any{}, nil
	}
	list, ok := v.([]any)
	if !ok {
		if f.Scalar().Kind == Struct {
			return nil, &FieldError{path + f.Name, fmt.Sprintf("Repeated record added outside of an array: %s.", path+f.Name)}
		}
		list = []any{v} // BigQuery reads a lone scalar as an array of one
	}
	out := make([]any, len(list))
	for i, e := range list {
		if e == nil {
			return nil, &FieldError{path + f.Name, "Only optional fields can be set to NULL. Field: " + path + f.Name + "; Value: NULL"}
		}
		var err error
		if out[i], err = r.scalar(e, f, path); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (r *Reader) scalar(v any, f *Field, path string) (any, error) {
	if v == nil {
		return nil, nil
	}
	out, err := r.convert(v, f, path)
	if err == nil && f.Limits != (Limits{}) {
		out, err = f.fit(out)
	}
	if err == nil {
		return out, nil
	}
	var fe *FieldError
	if errors.As(err, &fe) {
		return nil, err
	}
	return nil, &FieldError{path + f.Name, err.Error()}
}

func (r *Reader) convert(v any, f *Field, path string) (any, error) {
	typ := f.Scalar()
	kind := typ.Kind
	switch kind {
	case Struct:
		obj, ok := v.(map[string]any)
		if !ok {
			return nil, Errorf("This field: %s is a record.", path+f.Name)
		}
		return r.record(obj, typ.Fields, r.nested[typ], path+f.Name+".")
	case JSON:
		if s, ok := v.(string); ok && r.JSONText {
			return NormalJSON(s)
		}
		return marshalJSON(v)
	case Range:
		if obj, ok := v.(map[string]any); ok {
			return r.bounds(obj, typ, path+f.Name)
		}
	}
	switch x := v.(type) {
	case string:
		return typ.Parse(x)
	case json.Number:
		return number(kind, x)
	case bool:
		if kind == Bool {
			return x, nil
		}
		if kind == String {
			return fmt.Sprint(x), nil
		}
		return nil, badValue(kind, fmt.Sprint(x))
	case []any:
		return nil, Errorf("Array specified for non-repeated field: %s.", path+f.Name)
	default:
		return nil, Errorf("This field: %s is not a record.", path+f.Name)
	}
}

// number converts a JSON number, which not every type takes.
func number(k Kind, n json.Number) (any, error) {
	switch k {
	case String, Int64, Float64, Timestamp, Numeric, BigNumeric, Bool:
		return Parse(k, n.String())
	}
	return nil, badValue(k, n.String())
}

// NormalJSON checks JSON text and returns it in normal form: without spaces,
// names sorted.
func NormalJSON(s string) (any, error) {
	dec := json.NewDecoder(strings.NewReader(s))
	dec.UseNumber()
	var v any
	if err := dec.Decode(&v); err != nil {
		return nil, Errorf("Invalid JSON: %v", err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, Errorf("Invalid JSON: text after the value")
	}
	return marshalJSON(v)
}

func marshalJSON(v any) (any, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return strings.TrimSuffix(b.String(), "\n"), nil
}
