package cast

import (
	"fmt"
	"math"
	"testing"

	"github.com/tallystream/tallystream/emulator/bigquery/function"
	"github.com/tallystream/tallystream/emulator/bigquery/types"
)

func TestFloats(t *testing.T) {
	for f, want := range map[float64]string{
		1: "1", -0.5: "-0.5", 1e15: "1e+15", 123456789.125: "123456789.125", 1e-5: "0.00001", 1e-6: "1e-06", math.Inf(-1): "-Infinity",
	} {
		got := FormatFloat(f)
		back, err := ParseFloat(got)
		if got != want || err != nil || back != f {
			t.Errorf("%g is %s, and that is %v, %v; want %s", f, got, back, err, want)
		}
	}
	for _, bad := range []string{"", "1_000", "0x1", "1e", "infinite"} {
		if got, err := ParseFloat(bad); err == nil {
			t.Errorf("%q is %v", bad, got)
		}
	}
}

func TestIntegers(t *testing.T) {
	for text, want := range map[string]any{" 12 ": int64(12), "-0x1F": int64(-31), "+7": int64(7)} {
		if got, err := parseInt(text); err != nil || got != want {
			t.Errorf("%q is %v, %v; want %v", text, got, err, want)
		}
	}
	for _, bad := range []string{"", "-", "1.0", "9223372036854775808", "--1"} {
		if got, err := parseInt(bad); err == nil {
			t.Errorf("%q is %v", bad, got)
		}
	}
	for f, want := range map[float64]any{2.5: int64(3), -2.5: int64(-3), -9223372036854775808: int64(math.MinInt64)} {
		if got, err := floatToInt(f); err != nil || got != want {
			t.Errorf("%g is %v, %v; want %v", f, got, err, want)
		}
	}
	for _, bad := range []float64{math.NaN(), math.Inf(1), 9223372036854775808} {
		if got, err := floatToInt(bad); err == nil {
			t.Errorf("%g is %v", bad, got)
		}
	}
}

// statement numbers names.
type statement int

func (s *statement) Fresh(kind string) string { *s++; return fmt.Sprintf("%s_%d", kind, *s) }
func (*statement) Now() string                { return "now" }
func (*statement) User() string               { return "user" }
func (*statement) Zone() string               { return function.UTC }
func (*statement) Volatile()                  {}

func TestConvert(t *testing.T) {
	integer, text := types.Of(types.Int64), types.Of(types.String)
	pair := func(a, b *types.Type) *types.Type {
		return &types.Type{Kind: types.Struct, Fields: []types.Field{{Name: "a", Type: a}, {Name: "b", Type: b}}}
	}
	for _, test := range []struct {
		from, to *types.Type
		want     string
	}{
		{integer, integer, "x"},
		{text, integer, "CAST(bq_string_to_int(x) AS BIGINT)"},
		{integer, types.Of(types.Float64), "CAST(x AS DOUBLE)"},
		{types.ArrayOf(integer), types.ArrayOf(text), "list_transform(x, lambda e_1: CAST(e_1 AS VARCHAR))"},
		{pair(integer, text), pair(integer, integer), `CASE WHEN x IS NULL THEN NULL ELSE struct_pack("a" := struct_extract(x, 'a'), "b" := CAST(bq_string_to_int(struct_extract(x, 'b')) AS BIGINT)) END`},
	} {
		if got := Convert(new(statement), "x", test.from, test.to); got != test.want {
			t.Errorf("%s to %s: %s, want %s", test.from, test.to, got, test.want)
		}
	}
}

func TestLimit(t *testing.T) {
	numeric := types.Of(types.Numeric)
	for want, l := range map[string]types.Limits{
		"x": {},
		"CAST(bq_limit_decimal(CAST(x AS VARCHAR), 'NUMERIC', 10, 2) AS DECIMAL(38,9))": {Precision: 10, Scale: 2},
		"bq_limit_length(x, 3)": {Length: 3},
	} {
		if got := Limit(l, "x", numeric); got != want {
			t.Errorf("%+v: %s, want %s", l, got, want)
		}
	}
	field := types.Field{Name: "s", Type: types.ArrayOf(types.Of(types.String)), Limits: types.Limits{Length: 3}}
	want := "list_transform(bq_no_null_elements(coalesce(x, []), 's'), lambda e_1: bq_limit_length(e_1, 3))"
	if got := Stored(new(statement), "x", &field); got != want {
		t.Errorf("a stored array: %s, want %s", got, want)
	}
}
