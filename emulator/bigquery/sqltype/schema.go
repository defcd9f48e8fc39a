package sqltype

import (
	"fmt"
	"strconv"
	"strings"

	bqv2 "google.golang.org/api/bigquery/v2"
)

// Column is a column of a table or of a result.
type Column struct {
	Name     string
	Type     *Type
	Required bool
	Default  string // GoogleSQL expression, "" for none
}

// FromSchema reads the columns of a REST schema.
func FromSchema(fields []*bqv2.TableFieldSchema) ([]Column, error) {
	columns := make([]Column, len(fields))
	for i, f := range fields {
		t, err := FromField(f)
		if err != nil {
			return nil, err
		}
		columns[i] = Column{
			Name: f.Name, Type: t, Default: f.DefaultValueExpression,
			Required: strings.EqualFold(f.Mode, "REQUIRED"),
		}
	}
	return columns, nil
}

// FromField is the type of a field of a REST schema.
func FromField(f *bqv2.TableFieldSchema) (*Type, error) {
	kind, ok := KindOf(f.Type)
	if !ok || kind == Array {
		return nil, fmt.Errorf("field %s: invalid type %q", f.Name, f.Type)
	}
	t := Of(kind)
	if kind == Struct {
		for _, sub := range f.Fields {
			st, err := FromField(sub)
			if err != nil {
				return nil, fmt.Errorf("field %s: %w", f.Name, err)
			}
			t.Fields = append(t.Fields, Field{Name: sub.Name, Type: st})
		}
	}
	if strings.EqualFold(f.Mode, "REPEATED") {
		return ArrayOf(t), nil
	}
	return t, nil
}

// ToField is the REST schema of a column.
func ToField(c Column) *bqv2.TableFieldSchema {
	f := &bqv2.TableFieldSchema{Name: c.Name, Mode: "NULLABLE", DefaultValueExpression: c.Default}
	t := c.Type
	switch {
	case t.Kind == Array:
		f.Mode, t = "REPEATED", t.Elem
	case c.Required:
		f.Mode = "REQUIRED"
	}
	f.Type = kinds[t.Kind].rest
	for i, sub := range t.Fields {
		name := sub.Name
		if name == "" {
			name = "_field_" + strconv.Itoa(i+1)
		}
		f.Fields = append(f.Fields, ToField(Column{Name: name, Type: sub.Type}))
	}
	return f
}

// ToSchema is the REST schema of columns.
func ToSchema(columns []Column) []*bqv2.TableFieldSchema {
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
