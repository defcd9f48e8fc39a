package metric_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tallystream/tallystream/emulator/cloud/api"
	"github.com/tallystream/tallystream/emulator/cloud/logging"
	"github.com/tallystream/tallystream/emulator/cloud/logging/metric"
)

func send(t *testing.T, h http.Handler, method, target, body string) (int, string) {
	t.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(method, target, strings.NewReader(body)))
	return w.Code, w.Body.String()
}

// list asks for the time series of a filter between 7 and 8.
func list(t *testing.T, h http.Handler, filter string) (int, string) {
	t.Helper()
	query := url.Values{"filter": {filter}, "interval.startTime": {"2026-11-29T07:00:00Z"}, "interval.endTime": {"2026-11-29T08:00:00Z"}}
	return send(t, h, "GET", "/v3/projects/p/timeSeries?"+query.Encode(), "")
}

// Two minutes' entries are counted and their numbers distributed, by resource and label.
func TestSeries(t *testing.T) {
	logs := logging.New(http.NotFoundHandler())
	const votes = `{"name":"tallystream/votes","filter":"jsonPayload.votes>=0","valueExtractor":"EXTRACT(jsonPayload.votes)","labelExtractors":{"of":"REGEXP_EXTRACT(jsonPayload.message, \"of (.*)\")"},` +
		`"metricDescriptor":{"metricKind":"DELTA","valueType":"DISTRIBUTION","unit":"1"},"bucketOptions":{"exponentialBuckets":{"numFiniteBuckets":2,"growthFactor":10,"scale":1}}}`
	const errors = `{"name":"errors","filter":"severity>=ERROR","metricDescriptor":{"metricKind":"DELTA","valueType":"INT64","unit":"1"}}`
	metrics := map[string]api.Object{}
	for name, text := range map[string]string{"projects/p/metrics/tallystream/votes": votes, "projects/p/metrics/errors": errors} {
		var o api.Object
		if err := json.Unmarshal([]byte(text), &o); err != nil {
			t.Fatal(err)
		}
		if err := metric.Check(o); err != nil {
			t.Fatal(err)
		}
		metrics[name] = o
	}
	s := metric.New(http.NotFoundHandler(), logs, func(string) map[string]api.Object { return metrics })
	const entries = `{"logName":"projects/p/logs/l","resource":{"type":"global"},"entries":[
		{"timestamp":"2026-11-29T07:00:01Z","severity":"ERROR","jsonPayload":{"votes":0.5,"message":"of A"}},
		{"timestamp":"2026-11-29T07:00:59Z","severity":"INFO","jsonPayload":{"votes":1.5,"message":"of A"}},
		{"timestamp":"2026-11-29T07:01:00Z","severity":"ERROR","jsonPayload":{"votes":1000,"message":"of A"}},
		{"timestamp":"2026-11-29T08:00:00Z","severity":"ERROR","jsonPayload":{"votes":7,"message":"of A"}},
		{"timestamp":"2026-11-29T07:00:00Z","severity":"INFO","textPayload":"none"}]}`
	if code, body := send(t, logs, "POST", "/v2/entries:write", entries); code != 200 {
		t.Fatal(body)
	}
	const global = `"resource":{"type":"global"}`
	for filter, want := range map[string]string{
		`metric.type="logging.googleapis.com/user/errors"`: `[{"metric":{"labels":{},"type":"logging.googleapis.com/user/errors"},"metricKind":"DELTA","points":[` +
			`{"interval":{"startTime":"2026-11-29T07:01:00Z","endTime":"2026-11-29T07:02:00Z"},"value":{"int64Value":"1"}},` +
			`{"interval":{"startTime":"2026-11-29T07:00:00Z","endTime":"2026-11-29T07:01:00Z"},"value":{"int64Value":"1"}}],` + global + `,"unit":"1","valueType":"INT64"}]`,
		`metric.type="logging.googleapis.com/user/tallystream/votes" AND metric.labels.of="A"`: `[{"metric":{"labels":{"of":"A"},"type":"logging.googleapis.com/user/tallystream/votes"},"metricKind":"DELTA","points":[` +
			`{"interval":{"startTime":"2026-11-29T07:01:00Z","endTime":"2026-11-29T07:02:00Z"},"value":{"distributionValue":{"count":"1","mean":1000,"sumOfSquaredDeviation":0,"bucketCounts":["0","0","0","1"],"bucketOptions":{"exponentialBuckets":{"numFiniteBuckets":2,"growthFactor":10,"scale":1}}}}},` +
			`{"interval":{"startTime":"2026-11-29T07:00:00Z","endTime":"2026-11-29T07:01:00Z"},"value":{"distributionValue":{"count":"2","mean":1,"sumOfSquaredDeviation":0.5,"bucketCounts":["1","1","0","0"],"bucketOptions":{"exponentialBuckets":{"numFiniteBuckets":2,"growthFactor":10,"scale":1}}}}}],` + global + `,"unit":"1","valueType":"DISTRIBUTION"}]`,
		`metric.type="run.googleapis.com/request_count"`: `[]`,
	} {
		code, body := list(t, s, filter)
		var got struct{ TimeSeries any }
		var wanted any
		if err := json.Unmarshal([]byte(body), &got); err != nil || code != 200 {
			t.Fatalf("%s: %d %s", filter, code, body)
		}
		if err := json.Unmarshal([]byte(want), &wanted); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(wanted, got.TimeSeries); diff != "" {
			t.Errorf("%s (-want +got):\n%s", filter, diff)
		}
	}
	for _, filter := range []string{`resource.type="global"`, `metric.type="`} {
		if code, body := list(t, s, filter); code != 400 {
			t.Errorf("%s: %d %s", filter, code, body)
		}
	}
	for query, want := range map[string]string{
		"filter=metric.type%3Dx": "interval.startTime", "filter=metric.type%3Dx&aggregation.alignmentPeriod=60s": "aggregation.alignmentPeriod",
	} {
		if code, body := send(t, s, "GET", "/v3/projects/p/timeSeries?"+query, ""); code != 400 || !strings.Contains(body, want) {
			t.Errorf("%s: %d %s", query, code, body)
		}
	}
}

func TestCheck(t *testing.T) {
	for fields, want := range map[string]string{
		`"description":"x"`:       "needs a filter",
		`"filter":"severity>="`:   "unparseable",
		`"filter":"a","bucket":1`: "bucket",
		`"filter":"a","metricDescriptor":{"metricKind":"GAUGE"}`:          "GAUGE",
		`"filter":"a","valueExtractor":"EXTRACT(a)"`:                      "DISTRIBUTION",
		`"filter":"a","labelExtractors":{"l":"UPPER(a)"}`:                 "UPPER(a)",
		`"filter":"a","labelExtractors":{"l":"REGEXP_EXTRACT(a, \"b\")"}`: "one group",
		`"filter":"a","valueExtractor":"EXTRACT(a)","metricDescriptor":{"valueType":"DISTRIBUTION"},"bucketOptions":{"explicitBuckets":{"bounds":[2,1]}}`: "bounds",
	} {
		var o api.Object
		if err := json.Unmarshal([]byte(`{"name":"m",`+fields+`}`), &o); err != nil {
			t.Fatal(err)
		}
		if err := metric.Check(o); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", fields, err, want)
		}
	}
}
