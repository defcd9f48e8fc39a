package rest

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	bqv2 "google.golang.org/api/bigquery/v2"
)

// TestUnmarshal decodes scalars in the forms that clients send them in.
func TestUnmarshal(t *testing.T) {
	want := bqv2.Job{Configuration: &bqv2.JobConfiguration{
		JobTimeoutMs: 500, DryRun: true,
		Load: &bqv2.JobConfigurationLoad{SkipLeadingRows: 1, MaxBadRecords: 2, NullMarkers: []string{"5"}},
	}}
	for _, text := range []string{
		`{"configuration": {"jobTimeoutMs": "500", "dryRun": true, "load": {"skipLeadingRows": 1, "maxBadRecords": 2, "nullMarkers": ["5"]}}}`,
		`{"configuration": {"jobTimeoutMs": 500, "dryRun": "true", "load": {"skipLeadingRows": "1", "maxBadRecords": "2", "nullMarkers": [5]}, "unknown": {}}}`,
	} {
		var got bqv2.Job
		if err := unmarshal([]byte(text), &got); err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", text, diff)
		}
	}
	for _, text := range []string{`{`, `[]`, `{"configuration": 5}`, `{"configuration": {"load": {"skipLeadingRows": "x"}}}`} {
		var got bqv2.Job
		if err := unmarshal([]byte(text), &got); err == nil || asError(err).Code != 400 {
			t.Errorf("%s: error %v, want one with status 400", text, err)
		}
	}
}

func TestPatch(t *testing.T) {
	table := bqv2.Table{
		Etag: "e", Description: "old", Labels: map[string]string{"a": "1", "b": "2"},
		TimePartitioning: &bqv2.TimePartitioning{Type: "DAY", Field: "at", ExpirationMs: 5},
		Schema:           &bqv2.TableSchema{Fields: []*bqv2.TableFieldSchema{{Name: "x", Type: "INTEGER"}}},
	}
	p := patch{
		"etag": "mine", "description": nil, "labels": map[string]any{"a": nil, "c": "3"},
		"timePartitioning": map[string]any{"expirationMs": "7"},
		"schema":           map[string]any{"fields": []any{map[string]any{"name": "y", "type": "STRING"}}},
	}
	if err := p.apply(&table, "etag"); err != nil {
		t.Fatal(err)
	}
	want := bqv2.Table{
		Etag: "e", Labels: map[string]string{"b": "2", "c": "3"},
		TimePartitioning: &bqv2.TimePartitioning{Type: "DAY", Field: "at", ExpirationMs: 7},
		Schema:           &bqv2.TableSchema{Fields: []*bqv2.TableFieldSchema{{Name: "y", Type: "STRING"}}},
	}
	if diff := cmp.Diff(want, table); diff != "" {
		t.Errorf("table (-want +got):\n%s", diff)
	}
	if len(p) != 5 {
		t.Errorf("apply has changed the patch: %v", p)
	}
}

func TestParseRange(t *testing.T) {
	tests := []struct {
		header string
		want   contentRange
		bad    bool
	}{
		{header: "", want: contentRange{total: -1}},
		{header: "bytes 0-9/100", want: contentRange{total: 100}},
		{header: "bytes 10-19/*", want: contentRange{first: 10, total: -1, partial: true}},
		{header: "bytes */100", want: contentRange{total: 100, probe: true}},
		{header: "bytes */*", want: contentRange{total: -1, probe: true, partial: true}},
		{header: "0-9/100", bad: true},
		{header: "bytes 0-9", bad: true},
		{header: "bytes x-9/100", bad: true},
		{header: "bytes 0-9/x", bad: true},
		{header: "bytes -5/100", bad: true},
	}
	for _, tt := range tests {
		got, err := parseRange(tt.header)
		if (err != nil) != tt.bad {
			t.Errorf("parseRange(%q): error %v", tt.header, err)
		}
		if !tt.bad && got != tt.want {
			t.Errorf("parseRange(%q) = %+v, want %+v", tt.header, got, tt.want)
		}
	}
}

func TestPageTokens(t *testing.T) {
	for _, n := range []int64{0, 1, 1 << 40} {
		if got, err := fromToken(pageToken(n)); err != nil || got != n {
			t.Errorf("fromToken(pageToken(%d)) = %d, %v", n, got, err)
		}
	}
	for _, bad := range []string{"x", "YXQ6LTE", "!"} {
		if n, err := fromToken(bad); err == nil {
			t.Errorf("fromToken(%q) = %d", bad, n)
		}
	}
}
