package types

import (
	"fmt"

	bqv2 "google.golang.org/api/bigquery/v2"
)

// FromStandard reads a type as the API writes those of routines.
func FromStandard(t *bqv2.StandardSqlDataType) (*Type, error) {
	if t == nil {
		return nil, Errorf("The type is missing")
	}
	switch t.TypeKind {
	case "ARRAY":
		elem, err := FromStandard(t.ArrayElementType)
		if err != nil {
			return nil, fmt.Errorf("arrayElementType: %w", err)
		}
		return ArrayOf(elem), nil
	case "RANGE":
		if t.RangeElementType == nil {
			return rangeOf("")
		}
		return rangeOf(t.RangeElementType.TypeKind)
	case "STRUCT":
		out := Of(Struct)
		if t.StructType == nil {
			return nil, Errorf("structType: The type is missing")
		}
		fields, err := FromStandardFields(t.StructType.Fields)
		out.Fields = fields
		return out, err
	}
	for k, n := range kinds {
		if n.sql == t.TypeKind && Kind(k) != Invalid {
			return Of(Kind(k)), nil
		}
	}
	return nil, Errorf("The emulator has no type %q", t.TypeKind)
}

// FromStandardFields reads the fields of a STRUCT, or the columns of a table.
func FromStandardFields(list []*bqv2.StandardSqlField) ([]Field, error) {
	var out []Field
	for _, f := range list {
		typ, err := FromStandard(f.Type)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f.Name, err)
		}
		out = append(out, Field{Name: f.Name, Type: typ})
	}
	return out, nil
}

// ToStandard writes a type as the API writes those of routines.
func ToStandard(t *Type) *bqv2.StandardSqlDataType {
	out := &bqv2.StandardSqlDataType{TypeKind: t.Kind.String()}
	switch t.Kind {
	case Array:
		out.ArrayElementType = ToStandard(t.Elem)
	case Range:
		out.RangeElementType = ToStandard(t.Elem)
	case Struct:
		out.StructType = &bqv2.StandardSqlStructType{Fields: ToStandardFields(t.Fields)}
	}
	return out
}

// ToStandardFields writes the fields of a STRUCT, or the columns of a table.
func ToStandardFields(list []Field) []*bqv2.StandardSqlField {
	out := make([]*bqv2.StandardSqlField, len(list))
	for i, f := range list {
		out[i] = &bqv2.StandardSqlField{Name: f.Name, Type: ToStandard(f.Type)}
	}
	return out
}
