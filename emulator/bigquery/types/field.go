package types

import (
	"fmt"
	"strconv"
	"strings"

	bqv2 "google.golang.org/api/bigquery/v2"
)

// Field is a column of a table or of a result, or a field of a STRUCT, whose
// name may be empty.
type Field struct {
	Name     string
	Type     *Type
	Required bool
	Default  string // GoogleSQL expression, "" for none
	Limits   Limits
}

// Repeated reports whether the field is an ARRAY: its mode is REPEATED.
func (f *Field) Repeated() bool { return f.Type.Kind == Array }

// Scalar is the type of the field without its mode: of an ARRAY, that of the
// elements.
func (f *Field) Scalar() *Type {
	if f.Type.Kind == Array {
		return f.Type.Elem
	}
	return f.Type
}

// Index maps the lower-case names of fields to their positions: BigQuery's
// column names don't distinguish case.
func Index(fields []Field) map[string]int {
	m := make(map[string]int, len(fields))
	for i, f := range fields {
		m[strings.ToLower(f.Name)] = i
	}
	return m
}

// lookup finds a name in an index made by Index, without allocating for names
// that are in lower case already.
func lookup(index map[string]int, name string) (int, bool) {
	if i, ok := index[name]; ok {
		return i, true
	}
	i, ok := index[strings.ToLower(name)]
	return i, ok
}

// FromSchema reads the columns of a REST schema.
func FromSchema(fields []*bqv2.TableFieldSchema) ([]Field, error) {
	columns := make([]Field, len(fields))
	for i, f := range fields {
		c, err := FromField(f)
		if err != nil {
			return nil, err
		}
		columns[i] = c
	}
	return columns, nil
}

// FromField reads one column of a REST schema.
func FromField(f *bqv2.TableFieldSchema) (Field, error) {
	kind, ok := KindOf(f.Type)
	if !ok || kind == Array {
		return Field{}, fmt.Errorf("field %s: invalid type %q", f.Name, f.Type)
	}
	t := Of(kind)
	if kind == Struct {
		fields, err := FromSchema(f.Fields)
		if err != nil {
			return Field{}, fmt.Errorf("field %s: %w", f.Name, err)
		}
		t.Fields = fields
	}
	if kind == Range {
		elem := ""
		if f.RangeElementType != nil {
			elem = f.RangeElementType.Type
		}
		r, err := rangeOf(elem)
		if err != nil {
			return Field{}, fmt.Errorf("field %s: %w", f.Name, err)
		}
		t = r
	}
	if f.Collation != "" && (kind != String || f.Collation != CaseInsensitive || strings.EqualFold(f.Mode, "REPEATED")) {
		return Field{}, fmt.Errorf("field %s: the collation %q of a column that is no STRING, is REPEATED, or of another collation than %s is not supported", f.Name, f.Collation, CaseInsensitive)
	}
	t = Collated(t, f.Collation)
	if strings.EqualFold(f.Mode, "REPEATED") {
		t = ArrayOf(t)
	}
	return Field{Name: f.Name, Type: t, Required: strings.EqualFold(f.Mode, "REQUIRED"), Default: f.DefaultValueExpression, Limits: limitsOf(f)}, nil
}

// ToField is the REST schema of a column.
func ToField(c Field) *bqv2.TableFieldSchema {
	f := &bqv2.TableFieldSchema{Name: c.Name, Mode: "NULLABLE", DefaultValueExpression: c.Default, MaxLength: c.Limits.Length, Precision: c.Limits.Precision, Scale: c.Limits.Scale}
	switch {
	case c.Repeated():
		f.Mode = "REPEATED"
	case c.Required:
		f.Mode = "REQUIRED"
	}
	t := c.Scalar()
	f.Type, f.Collation = kinds[t.Kind].rest, t.Collation
	if t.Kind == Range {
		f.RangeElementType = &bqv2.TableFieldSchemaRangeElementType{Type: kinds[t.Elem.Kind].rest}
	}
	for i, sub := range t.Fields {
		name := sub.Name
		if name == "" {
			name = "_field_" + strconv.Itoa(i+1)
		}
		f.Fields = append(f.Fields, ToField(Field{Name: name, Type: sub.Type, Limits: sub.Limits}))
	}
	return f
}

// ToSchema is the REST schema of columns.
func ToSchema(columns []Field) []*bqv2.TableFieldSchema {
	fields := make([]*bqv2.TableFieldSchema, len(columns))
	for i, c := range columns {
		fields[i] = ToField(c)
	}
	return fields
}

// FromParameter is the type of a query parameter.
func FromParameter(p *bqv2.QueryParameterType) (*Type, error) {
	if p == nil {
		return nil, fmt.Errorf("a query parameter has no type")
	}
	kind, ok := KindOf(p.Type)
	if !ok {
		return nil, fmt.Errorf("invalid parameter type %q", p.Type)
	}
	switch kind {
	case Array:
		elem, err := FromParameter(p.ArrayType)
		if err != nil {
			return nil, err
		}
		return ArrayOf(elem), nil
	case Range:
		if p.RangeElementType == nil {
			return rangeOf("")
		}
		return rangeOf(p.RangeElementType.Type)
	case Struct:
		t := Of(Struct)
		for _, f := range p.StructTypes {
			ft, err := FromParameter(f.Type)
			if err != nil {
				return nil, err
			}
			t.Fields = append(t.Fields, Field{Name: f.Name, Type: ft})
		}
		return t, nil
	default:
		return Of(kind), nil
	}
}

// RESTName is the name that REST schemas use for a type, e.g. INTEGER for
// INT64. A name it doesn't know is returned as it is.
func RESTName(name string) string {
	if k, ok := KindOf(name); ok && kinds[k].rest != "" {
		return kinds[k].rest
	}
	return name
}
