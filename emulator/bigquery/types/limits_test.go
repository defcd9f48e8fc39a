package types

import (
	"testing"

	bqv2 "google.golang.org/api/bigquery/v2"

	"github.com/google/go-cmp/cmp"
)

func TestLimits(t *testing.T) {
	schema := []*bqv2.TableFieldSchema{
		{Name: "s", Type: "STRING", Mode: "NULLABLE", MaxLength: 3}, {Name: "b", Type: "BYTES", Mode: "NULLABLE", MaxLength: 2},
		{Name: "n", Type: "NUMERIC", Mode: "NULLABLE", Precision: 5, Scale: 2}, {Name: "w", Type: "NUMERIC", Mode: "NULLABLE", Precision: 2},
		{Name: "list", Type: "STRING", Mode: "REPEATED", MaxLength: 1},
		{Name: "r", Type: "RECORD", Mode: "NULLABLE", Fields: []*bqv2.TableFieldSchema{{Name: "f", Type: "STRING", Mode: "NULLABLE", MaxLength: 1}}},
		{Name: "free", Type: "STRING", Mode: "NULLABLE"},
	}
	fields, err := FromSchema(schema)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(schema, ToSchema(fields)); diff != "" {
		t.Errorf("the schema of the fields (-want +got):\n%s", diff)
	}
	for i, want := range []string{"STRING(3)", "BYTES(2)", "NUMERIC(5, 2)", "NUMERIC(2)", "ARRAY<STRING(1)>", "STRUCT<f STRING(1)>", "STRING"} {
		if got := fields[i].SQL(); got != want {
			t.Errorf("%s is a %s, want %s", fields[i].Name, got, want)
		}
	}
	for _, test := range []struct {
		field    int
		in, want any // nil want for an error
	}{
		{0, "äöü", "äöü"}, {0, "abcd", nil}, {1, []byte{1, 2}, []byte{1, 2}}, {1, []byte{1, 2, 3}, nil},
		{2, "1.236", "1.24"}, {2, "-1.235", "-1.24"}, {2, "999.99", "999.99"}, {2, "999.995", nil}, {2, "12345.6", nil}, {3, "99.4", "99"}, {3, "99.5", nil},
		{2, "0.001", "0"}, {4, []any{"a", "b"}, []any{"a", "b"}}, {4, []any{"a", "bc"}, nil}, {5, []any{"a"}, []any{"a"}}, {5, []any{"ab"}, nil},
		{6, "any length", "any length"},
	} {
		got, err := fields[test.field].Fit(test.in)
		if (err != nil) != (test.want == nil) || err == nil && !cmp.Equal(got, test.want) {
			t.Errorf("%s of %v = %v, %v, want %v", fields[test.field].SQL(), test.in, got, err, test.want)
		}
	}
	if v, err := fields[0].Fit(nil); v != nil || err != nil {
		t.Errorf("NULL = %v, %v", v, err)
	}
}
