package types

import (
	"strings"
	"testing"
	"time"

	"cloud.google.com/go/civil"
	"github.com/google/go-cmp/cmp"
	bqv2 "google.golang.org/api/bigquery/v2"
)

func TestRangeNotations(t *testing.T) {
	day := func(d int) civil.Date { return civil.Date{Year: 2024, Month: 1, Day: d} }
	at := time.Date(2024, 1, 2, 3, 4, 5, 0, time.UTC)
	for _, test := range []struct {
		elem       Kind
		value      RangeValue
		text, rest string
	}{
		{Date, RangeValue{day(1), day(3)}, "[2024-01-01, 2024-01-03)", `"[2024-01-01, 2024-01-03)"`},
		{Date, RangeValue{nil, day(3)}, "[UNBOUNDED, 2024-01-03)", `"[UNBOUNDED, 2024-01-03)"`},
		{Datetime, RangeValue{civil.DateTimeOf(at), nil}, "[2024-01-02 03:04:05, UNBOUNDED)", `"[2024-01-02T03:04:05, UNBOUNDED)"`},
		{Timestamp, RangeValue{at, at.Add(time.Hour)}, "[2024-01-02 03:04:05+00, 2024-01-02 04:04:05+00)", `"[1704164645000000, 1704168245000000)"`},
	} {
		typ := RangeOf(Of(test.elem))
		if got := test.value.String(); got != test.text {
			t.Errorf("%s, want %s", got, test.text)
		}
		if got, err := typ.Parse(test.text); err != nil || !cmp.Equal(got, test.value) {
			t.Errorf("%s is read as %v, %v", test.text, got, err)
		}
		row := string(Format{Int64Timestamp: true}.AppendRow(nil, []Field{{Type: typ}}, []any{test.value}))
		if want := `{"f":[{"v":` + test.rest + `}]}`; row != want {
			t.Errorf("%s, want %s", row, want)
		}
	}
	for _, bad := range []string{"", "[2024-01-01)", "2024-01-01, 2024-01-02", "[2024-01-01, 2024-01-02]", "[x, UNBOUNDED)", "[2024-01-02, 2024-01-02)"} {
		if got, err := RangeOf(Of(Date)).Parse(bad); err == nil {
			t.Errorf("%q is read as %v", bad, got)
		}
	}
}

func TestRangeInJSON(t *testing.T) {
	fields, err := FromSchema([]*bqv2.TableFieldSchema{{Name: "r", Type: "RANGE", RangeElementType: &bqv2.TableFieldSchemaRangeElementType{Type: "DATE"}}})
	if err != nil || fields[0].SQL() != "RANGE<DATE>" {
		t.Fatalf("%v, %v", fields, err)
	}
	if back := ToField(fields[0]); back.RangeElementType == nil || back.RangeElementType.Type != "DATE" {
		t.Errorf("the schema comes back as %+v", back)
	}
	row, err := NewReader(fields).Row(map[string]any{"r": map[string]any{"start": "2024-01-01", "end": nil}})
	if want := []any{RangeValue{Start: civil.Date{Year: 2024, Month: 1, Day: 1}}}; err != nil || !cmp.Equal(row, want) {
		t.Errorf("%v, %v", row, err)
	}
	for want, bad := range map[string]any{
		"no such field: r.begin.":       map[string]any{"begin": "2024-01-01"},
		"must be smaller":               map[string]any{"start": "2024-01-02", "end": "2024-01-01"},
		"Cannot convert value to range": "2024-01-02",
	} {
		if row, err := NewReader(fields).Row(map[string]any{"r": bad}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v is %v, %v; want %s", bad, row, err, want)
		}
	}
	for _, elem := range []*bqv2.TableFieldSchemaRangeElementType{nil, {Type: "INTEGER"}} {
		if _, err := FromField(&bqv2.TableFieldSchema{Name: "r", Type: "RANGE", RangeElementType: elem}); err == nil {
			t.Errorf("a RANGE of %v is a type", elem)
		}
	}
}
