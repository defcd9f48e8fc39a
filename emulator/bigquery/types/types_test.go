package types

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	bqv2 "google.golang.org/api/bigquery/v2"
)

func TestSchemaAndBack(t *testing.T) {
	schema := []*bqv2.TableFieldSchema{
		{Name: "id", Type: "INTEGER", Mode: "REQUIRED", DefaultValueExpression: "1"},
		{Name: "tags", Type: "STRING", Mode: "REPEATED"},
		{Name: "at", Type: "RECORD", Mode: "NULLABLE", Fields: []*bqv2.TableFieldSchema{
			{Name: "day", Type: "DATE", Mode: "NULLABLE"}, {Name: "sums", Type: "NUMERIC", Mode: "REPEATED"},
		}},
	}
	fields, err := FromSchema(schema)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{"INT64", "ARRAY<STRING>", "STRUCT<day DATE, sums ARRAY<NUMERIC>>"} {
		if got := fields[i].Type.String(); got != want {
			t.Errorf("type of %s = %s, want %s", fields[i].Name, got, want)
		}
	}
	if want := `STRUCT("day" DATE, "sums" DECIMAL(38,9)[])`; fields[2].Type.DuckDB() != want {
		t.Errorf("in DuckDB: %s, want %s", fields[2].Type.DuckDB(), want)
	}
	if diff := cmp.Diff(schema, ToSchema(fields)); diff != "" {
		t.Errorf("ToSchema(FromSchema(…)) (-want +got):\n%s", diff)
	}
}

func TestFromSchemaRefuses(t *testing.T) {
	for _, typ := range []string{"", "ARRAY", "INVALID", "POINT"} {
		if got, err := FromSchema([]*bqv2.TableFieldSchema{{Name: "a", Type: typ}}); err == nil {
			t.Errorf("FromSchema of a column of type %q = %v, want an error", typ, got)
		}
	}
}

func TestKindOf(t *testing.T) {
	for name, want := range map[string]Kind{
		"INT64": Int64, "integer": Int64, "BigInt": Int64, "FLOAT": Float64, "BOOLEAN": Bool, "RECORD": Struct,
		"DECIMAL": Numeric, "BIGDECIMAL": BigNumeric, "GEOGRAPHY": Geography, "INTERVAL": Interval,
	} {
		if got, ok := KindOf(name); got != want || !ok {
			t.Errorf("KindOf(%q) = %v, %v; want %v", name, got, ok, want)
		}
	}
}

// Fields of a STRUCT need names in DuckDB, that differ in more than case.
func TestKeys(t *testing.T) {
	s := &Type{Kind: Struct, Fields: []Field{
		{Name: "a", Type: Of(Int64)}, {Type: Of(Int64)}, {Name: "B", Type: Of(Int64)}, {Name: "b", Type: Of(Int64)}, {Name: "_f_9", Type: Of(Int64)},
	}}
	var got []string
	for i := range s.Fields {
		got = append(got, s.Key(i))
	}
	if diff := cmp.Diff([]string{"a", "_f_1", "_f_2", "_f_3", "_f_4"}, got); diff != "" {
		t.Errorf("keys (-want +got):\n%s", diff)
	}
}

func TestSameAndEqual(t *testing.T) {
	a := &Type{Kind: Struct, Fields: []Field{{Name: "x", Type: ArrayOf(Of(Int64))}}}
	b := &Type{Kind: Struct, Fields: []Field{{Name: "y", Type: ArrayOf(Of(Int64))}}}
	c := &Type{Kind: Struct, Fields: []Field{{Name: "x", Type: ArrayOf(Of(String))}}}
	if !a.Same(b) || a.Equal(b) || a.Same(c) || !a.Equal(a) {
		t.Errorf("Same(%s, %s) = %v, Equal = %v; Same(%s, %s) = %v", a, b, a.Same(b), a.Equal(b), a, c, a.Same(c))
	}
}
