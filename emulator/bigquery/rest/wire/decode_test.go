package wire

import (
	"slices"
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
		if err := Unmarshal([]byte(text), &got); err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", text, diff)
		}
	}
	var query struct {
		bqv2.QueryRequest
		MaxResults *int64 `json:"maxResults"`
	}
	text := `{"maxResults": "5", "useLegacySql": "false", "maximumBytesBilled": 10, "queryParameters": {"parameterValue": {"arrayValues": [{"value": 1.50}, {"value": true}, {"value": ""}, {"value": null}, {"structValues": {"a": {"value": ""}}}]}}}`
	if err := Unmarshal([]byte(text), &query); err != nil {
		t.Fatal(err)
	}
	values := query.QueryParameters[0].ParameterValue.ArrayValues
	if *query.UseLegacySql || query.MaximumBytesBilled != 10 || *query.MaxResults != 5 || values[0].Value != "1.50" || values[1].Value != "true" {
		t.Errorf("%s: %+v, values %+v, %+v", text, query.QueryRequest, values[0], values[1])
	}
	for i, want := range []bool{false, false, true, false} {
		if got := slices.Contains(values[i].ForceSendFields, "Value"); got != want {
			t.Errorf("%s: value %d is an empty text: %v, want %v", text, i, got, want)
		}
	}
	if field := values[4].StructValues["a"]; len(field.ForceSendFields) != 1 {
		t.Errorf("%s: the field a is NULL, want an empty text", text)
	}
	for _, text := range []string{`{`, `[]`, `{"configuration": 5}`, `{"configuration": {"load": {"skipLeadingRows": "x"}}}`} {
		var got bqv2.Job
		if err := Unmarshal([]byte(text), &got); err == nil || AsError(err).Code != 400 {
			t.Errorf("%s: error %v, want one with status 400", text, err)
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
