package types

import (
	"encoding/json"
	"math"
	"strings"
	"testing"
	"time"

	"cloud.google.com/go/civil"
	"github.com/google/go-cmp/cmp"
	bqv2 "google.golang.org/api/bigquery/v2"
)

func TestAppendRow(t *testing.T) {
	at := time.Date(2014, 8, 15, 12, 34, 55, 220_000_000, time.UTC)
	tests := []struct {
		name   string
		field  Field
		value  any
		format Format
		want   string
	}{
		{"null", Field{Type: Of(String)}, nil, Format{}, `null`},
		{"string", Field{Type: Of(String)}, "a\"\\\n\x01é\xff", Format{}, `"a\"\\\n\u0001é\ufffd"`},
		{"integer", Field{Type: Of(Int64)}, int64(math.MinInt64), Format{}, `"-9223372036854775808"`},
		{"bool", Field{Type: Of(Bool)}, true, Format{}, `"true"`},
		{"bytes", Field{Type: Of(Bytes)}, []byte{0, 255}, Format{}, `"AP8="`},
		{"float", Field{Type: Of(Float64)}, 2.5, Format{}, `"2.5"`},
		{"whole float", Field{Type: Of(Float64)}, 3.0, Format{}, `"3.0"`},
		{"large float", Field{Type: Of(Float64)}, 1e10, Format{}, `"1.0E10"`},
		{"small float", Field{Type: Of(Float64)}, 1.25e-5, Format{}, `"1.25E-5"`},
		{"infinite", Field{Type: Of(Float64)}, math.Inf(-1), Format{}, `"-Infinity"`},
		{"no number", Field{Type: Of(Float64)}, math.NaN(), Format{}, `"NaN"`},
		{"timestamp", Field{Type: Of(Timestamp)}, at, Format{}, `"1.40810609522E9"`},
		{"timestamp in microseconds", Field{Type: Of(Timestamp)}, at, Format{Int64Timestamp: true}, `"1408106095220000"`},
		{"timestamp before 1970", Field{Type: Of(Timestamp)}, time.UnixMicro(-1_500_000), Format{}, `"-1.5"`},
		{"timestamp of 1970", Field{Type: Of(Timestamp)}, time.Unix(0, 0), Format{}, `"0.0"`},
		{"date", Field{Type: Of(Date)}, civil.Date{Year: 1, Month: 2, Day: 3}, Format{}, `"0001-02-03"`},
		{"time", Field{Type: Of(Time)}, civil.Time{Hour: 1, Minute: 2, Second: 3, Nanosecond: 4000}, Format{}, `"01:02:03.000004"`},
		{"datetime", Field{Type: Of(Datetime)}, civil.DateTime{Date: civil.Date{Year: 2020, Month: 12, Day: 31}}, Format{}, `"2020-12-31T00:00:00"`},
		{"array", Field{Type: ArrayOf(Of(Int64))}, []any{int64(1), int64(2)}, Format{}, `[{"v":"1"},{"v":"2"}]`},
		{"null array", Field{Type: ArrayOf(Of(Int64))}, nil, Format{}, `[]`},
		{"struct", Field{Type: &Type{Kind: Struct, Fields: []Field{{Type: Of(Int64)}, {Type: ArrayOf(Of(String))}}}}, []any{int64(1), []any{"x"}}, Format{},
			`{"f":[{"v":"1"},{"v":[{"v":"x"}]}]}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := string(tt.format.AppendRow(nil, []Field{tt.field}, []any{tt.value}))
			if want := `{"f":[{"v":` + tt.want + `}]}`; got != want {
				t.Errorf("AppendRow = %s, want %s", got, want)
			}
			if !json.Valid([]byte(got)) {
				t.Errorf("%s is no JSON", got)
			}
		})
	}
}

func TestParse(t *testing.T) {
	utc := func(y, mo, d, h, mi, s, us int) time.Time {
		return time.Date(y, time.Month(mo), d, h, mi, s, us*1000, time.UTC)
	}
	tests := []struct {
		kind Kind
		text string
		want any // nil for an error
	}{
		{Int64, " 42 ", int64(42)},
		{Int64, "3.0", int64(3)},
		{Int64, "3.5", nil},
		{Int64, "9223372036854775808", nil},
		{Int64, "", nil},
		{Float64, "1e3", 1000.0},
		{Float64, "-inf", math.Inf(-1)},
		{Float64, "x", nil},
		{Bool, "TRUE", true},
		{Bool, "0", false},
		{Bool, "maybe", nil},
		{Bytes, "AP8=", []byte{0, 255}},
		{Bytes, "*", nil},
		{Timestamp, "2024-02-29 12:00:00", utc(2024, 2, 29, 12, 0, 0, 0)},
		{Timestamp, "2024-02-29T12:00:00.1234567Z", utc(2024, 2, 29, 12, 0, 0, 123456)},
		{Timestamp, "2024-02-29 12:00:00+05:30", utc(2024, 2, 29, 6, 30, 0, 0)},
		{Timestamp, "2024-02-29 12:00:00-0800", utc(2024, 2, 29, 20, 0, 0, 0)},
		{Timestamp, "2024-07-01 12:00:00 Europe/Zurich", utc(2024, 7, 1, 10, 0, 0, 0)},
		{Timestamp, "2024-02-29 12:00:00 UTC", utc(2024, 2, 29, 12, 0, 0, 0)},
		{Timestamp, "2024-02-29", utc(2024, 2, 29, 0, 0, 0, 0)},
		{Timestamp, "1408106095.22", utc(2014, 8, 15, 12, 34, 55, 220000)},
		{Timestamp, "1.40810609522E9", utc(2014, 8, 15, 12, 34, 55, 220000)},
		{Timestamp, "2023-02-29", nil},
		{Timestamp, "2024-02-29 25:00:00", nil},
		{Timestamp, "2024-02-29 12:00:00 Nowhere/Land", nil},
		{Timestamp, "1e300", nil},
		{Date, "2024-2-9", civil.Date{Year: 2024, Month: 2, Day: 9}},
		{Date, "2024-02-09T00:00:00", nil},
		{Time, "1:2:3.5", civil.Time{Hour: 1, Minute: 2, Second: 3, Nanosecond: 500_000_000}},
		{Time, "24:00:00", nil},
		{Datetime, "2024-02-09 01:02:03", civil.DateTime{Date: civil.Date{Year: 2024, Month: 2, Day: 9}, Time: civil.Time{Hour: 1, Minute: 2, Second: 3}}},
		{Datetime, "2024-02-09T01:02:03Z", nil},
		{Numeric, "1.10", "1.1"},
		{Numeric, "-0", "0"},
		{Numeric, "1e2", "100"},
		{Numeric, "0.0000000015", "0.000000002"},
		{Numeric, "-0.0000000015", "-0.000000002"},
		{Numeric, "99999999999999999999999999999.999999999", "99999999999999999999999999999.999999999"},
		{Numeric, "100000000000000000000000000000", nil},
		{Numeric, "1/3", nil},
		{Numeric, "0x10", nil},
		{Numeric, "1e999999999", nil},
		{Numeric, "", nil},
		{JSON, `{"b": 1, "a": [1.50, "<"]}`, `{"a":[1.50,"<"],"b":1}`},
		{JSON, `{"a":`, nil},
		{JSON, `1 2`, nil},
	}
	for _, tt := range tests {
		got, err := Parse(tt.kind, tt.text)
		if (err != nil) != (tt.want == nil) {
			t.Errorf("Parse(%v, %q) = %v, %v; want %v", tt.kind, tt.text, got, err, tt.want)
			continue
		}
		if diff := cmp.Diff(tt.want, got); err == nil && diff != "" {
			t.Errorf("Parse(%v, %q) (-want +got):\n%s", tt.kind, tt.text, diff)
		}
	}
}

func TestDecimalBytes(t *testing.T) {
	tests := []struct {
		bytes []byte
		want  string
	}{
		{[]byte{0x00}, "0"},
		{[]byte{0x00, 0xca, 0x9a, 0x3b}, "1"},
		{[]byte{0x00, 0x36, 0x65, 0xc4}, "-1"},
		{[]byte{0xff}, "-0.000000001"},
		{[]byte{0x80, 0x00}, "0.000000128"},
	}
	for _, tt := range tests {
		if got, err := DecimalBytes(Numeric, tt.bytes); err != nil || got != tt.want {
			t.Errorf("DecimalBytes(% x) = %s, %v; want %s", tt.bytes, got, err, tt.want)
		}
	}
	for _, bad := range [][]byte{{}, make([]byte, 33), append(make([]byte, 16), 1)} {
		if got, err := DecimalBytes(Numeric, bad); err == nil {
			t.Errorf("DecimalBytes(% x) = %s, want an error", bad, got)
		}
	}
}

func TestReader(t *testing.T) {
	fields, err := FromSchema([]*bqv2.TableFieldSchema{
		{Name: "id", Type: "INTEGER", Mode: "REQUIRED"},
		{Name: "Name", Type: "STRING"},
		{Name: "tags", Type: "STRING", Mode: "REPEATED"},
		{Name: "place", Type: "RECORD", Fields: []*bqv2.TableFieldSchema{{Name: "zip", Type: "INT64", Mode: "REQUIRED"}}},
		{Name: "doc", Type: "JSON"},
	})
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		row   string
		want  []any
		field string // of the error
	}{
		{row: `{"id": 1}`, want: []any{int64(1), nil, []any{}, nil, nil}},
		{row: `{"ID": "2", "name": "x", "tags": ["a"], "place": {"zip": 3000}, "doc": {"k": [1]}}`,
			want: []any{int64(2), "x", []any{"a"}, []any{int64(3000)}, `{"k":[1]}`}},
		{row: `{"id": 3, "name": null, "tags": null, "place": null}`, want: []any{int64(3), nil, []any{}, nil, nil}},
		{row: `{"id": 4, "doc": "text"}`, want: []any{int64(4), nil, []any{}, nil, `"text"`}},
		{row: `{"name": "x"}`, field: "id"},
		{row: `{"id": null}`, field: "id"},
		{row: `{"id": "x"}`, field: "id"},
		{row: `{"id": 1.5}`, field: "id"},
		{row: `{"id": [1]}`, field: "id"},
		{row: `{"id": 1, "other": 1}`, field: "other"},
		{row: `{"id": 1, "place": {}}`, field: "place.zip"},
		{row: `{"id": 1, "place": {"x": 1}}`, field: "place.x"},
		{row: `{"id": 1, "place": 1}`, field: "place"},
		{row: `{"id": 1, "tags": ["a", null]}`, field: "tags"},
		{row: `{"id": 1, "name": {"a": 1}}`, field: "name"},
	}
	r := NewReader(fields)
	for _, tt := range tests {
		var obj map[string]any
		dec := json.NewDecoder(strings.NewReader(tt.row))
		dec.UseNumber()
		if err := dec.Decode(&obj); err != nil {
			t.Fatal(err)
		}
		got, err := r.Row(obj)
		if tt.field != "" {
			fe, ok := err.(*FieldError)
			if !ok || !strings.EqualFold(fe.Field, tt.field) {
				t.Errorf("Row(%s) = %v, %v; want an error of field %s", tt.row, got, err, tt.field)
			}
			continue
		}
		if err != nil {
			t.Errorf("Row(%s): %v", tt.row, err)
			continue
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("Row(%s) (-want +got):\n%s", tt.row, diff)
		}
	}
	r.IgnoreUnknown = true
	if _, err := r.Row(map[string]any{"id": json.Number("1"), "other": "x"}); err != nil {
		t.Errorf("with IgnoreUnknown: %v", err)
	}
}
