package types

import (
	"strings"
	"testing"

	bqv2 "google.golang.org/api/bigquery/v2"
)

// Every type survives the notation of routines, and its text in SQL.
func TestStandardAndBack(t *testing.T) {
	all := Of(Struct)
	for _, k := range Kinds() {
		if k != Array && k != Struct && k != Range {
			all.Fields = append(all.Fields, Field{Name: "a " + k.String(), Type: Of(k)}, Field{Type: ArrayOf(Of(k))})
		}
	}
	all.Fields = append(all.Fields, Field{Name: "inner", Type: ArrayOf(&Type{Kind: Struct, Fields: []Field{{Name: "x", Type: Of(Date)}}})})
	all.Fields = append(all.Fields, Field{Name: "range", Type: RangeOf(Of(Date))}, Field{Type: ArrayOf(RangeOf(Of(Timestamp)))})
	got, err := FromStandard(ToStandard(all))
	if err != nil || !got.Equal(all) {
		t.Errorf("%s, %v\nwant %s", got, err, all)
	}
	if want := "ARRAY<STRUCT<`x` DATE, ARRAY<INT64>>>"; ArrayOf(&Type{Kind: Struct, Fields: []Field{{Name: "x", Type: Of(Date)}, {Type: ArrayOf(Of(Int64))}}}).SQL() != want {
		t.Errorf("the text of a type isn't %s", want)
	}
}

func TestFromStandardRefuses(t *testing.T) {
	for want, typ := range map[string]*bqv2.StandardSqlDataType{
		"type is missing":                   nil,
		"A RANGE has elements of type":      {TypeKind: "RANGE"},
		`TIMESTAMP, not "INT64"`:            {TypeKind: "RANGE", RangeElementType: &bqv2.StandardSqlDataType{TypeKind: "INT64"}},
		`no type "INVALID"`:                 {TypeKind: "INVALID"},
		`no type "INTEGER"`:                 {TypeKind: "INTEGER"},
		"arrayElementType: The type is":     {TypeKind: "ARRAY"},
		"structType: The type is missing":   {TypeKind: "STRUCT"},
		"x: arrayElementType: The type is ": {TypeKind: "STRUCT", StructType: &bqv2.StandardSqlStructType{Fields: []*bqv2.StandardSqlField{{Name: "x", Type: &bqv2.StandardSqlDataType{TypeKind: "ARRAY"}}}}},
	} {
		if got, err := FromStandard(typ); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v is %v, %v; want an error with %q", typ, got, err, want)
		}
	}
}
