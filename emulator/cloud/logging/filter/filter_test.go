package filter_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/tallystream/tallystream/emulator/cloud/logging/filter"
)

const entry = `{"logName":"projects/p/logs/run.googleapis.com%2Fstdout","severity":"ERROR","timestamp":"2026-11-29T07:00:00.5Z",
"resource":{"type":"cloud_run_revision","labels":{"service_name":"Ingest","location":"us-central1"}},
"labels":{"goog-managed-by":"cloudfunctions"},"insertId":"abc","jsonPayload":{"message":"Pass 7 counted","votes":2500,"dry":false,"parts":["a","b"],"ip":"10.1.2.3"},
"httpRequest":{"latency":"1.5s","responseSize":"300","status":503}}`

func TestMatch(t *testing.T) {
	var e map[string]any
	if err := json.Unmarshal([]byte(entry), &e); err != nil {
		t.Fatal(err)
	}
	for f, want := range map[string]bool{
		"": true, "  -- nothing": true, "counted": true, `"pass 7"`: true, "absent": false, "NOT absent": true, "-counted": false,
		`resource.type="cloud_run_revision" resource.labels.location="us-central1" logName:"run.googleapis.com" labels."goog-managed-by"="cloudfunctions" resource.labels.service_name="ingest" severity>=ERROR timestamp>="2026-11-29T00:00:00Z"`: true,
		"severity=(INFO OR ERROR)": true, "severity=(INFO OR DEBUG)": false, "severity>ERROR": false, "severity<=error": true, "severity!=INFO": true,
		"timestamp<\"2026-11-29\"": false, `timestamp > "2026-11-29T07:00:00Z"`: true,
		"jsonPayload.votes>2499": true, "jsonPayload.votes<=2499": false, "jsonPayload.votes=2500": true, "jsonPayload.dry=false": true,
		"jsonPayload.parts=b": true, "jsonPayload.parts=c": false, "jsonPayload.absent:*": false, "jsonPayload.message:*": true,
		`jsonPayload.message=~"^Pass \d+ "`: true, `jsonPayload.message=~"^pass"`: false, `jsonPayload.message!~"x"`: true,
		"jsonPayload.absent=1": false, "jsonPayload.absent!=1": true, "json_payload.message:PASS": true, "jsonPayload:counted": true,
		"httpRequest.latency>1s": true, "httpRequest.latency>1500ms": false, "httpRequest.responseSize>40": true, "httpRequest.status>=500": true,
		"absent OR counted absent": false, "(absent OR counted) AND NOT (absent)": true, "counted AND absent OR pass": true, // OR first
		`SEARCH("counted pass")`: true, `SEARCH(jsonPayload.message, "error")`: false, `log_id("run.googleapis.com/stdout")`: true,
		`ip_in_net(jsonPayload.ip, "10.0.0.0/8")`: true, `ip_in_net(jsonPayload.ip, "11.0.0.0/8")`: false, "sample(insertId, 1)": true, "sample(insertId, 0)": false,
		"counted -- absent\nAND pass": true, "labels:cloudfunctions": true,
	} {
		got, err := filter.Parse(f)
		if err != nil {
			t.Errorf("%s: %v", f, err)
		} else if got(e) != want {
			t.Errorf("%s: %v, want %v", f, !want, want)
		}
	}
}

// An entry without a severity has that of the name DEFAULT.
func TestNoSeverity(t *testing.T) {
	for f, want := range map[string]bool{"severity=DEFAULT": true, "severity<ERROR": true, "severity>=INFO": false, "severity!=DEFAULT": false} {
		got, err := filter.Parse(f)
		if err != nil {
			t.Fatal(err)
		}
		if got(map[string]any{}) != want {
			t.Errorf("%s: %v, want %v", f, !want, want)
		}
	}
}

func TestRefused(t *testing.T) {
	for f, want := range map[string]string{
		"severity>=LOUD": "at 11: severity \"LOUD\"", "a AND": "at 6", "(a": "a ) is missing", "a)": `")" is unexpected`, `a="b`: "at 3: the text has no closing",
		"a=": "at 3", "OR a": "nothing to join", `a=~"("`: "missing closing", "cast(a, INT64)": "cast: the emulator has no such function",
		"sample(a, 2)": "want 0 to 1", `ip_in_net(a, "x")`: "ip_in_net", `timestamp>"soon"`: "soon",
		strings.Repeat("(", 200): "nested", strings.Repeat("a", 20001): "20001 bytes",
	} {
		if _, err := filter.Parse(f); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.40s: %v, want %q", f, err, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{`a="b" OR NOT (c:d AND e=~"x")`, `labels."a.b">=(1 OR -2)`, "SEARCH(a, \"b\") -- c", `"\`} {
		f.Add(s)
	}
	var e map[string]any
	if err := json.Unmarshal([]byte(entry), &e); err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, s string) {
		matches, err := filter.Parse(s)
		if err != nil {
			return
		}
		if negated, err := filter.Parse("NOT (" + s + "\n)"); strings.TrimSpace(s) != "" && err == nil && negated(e) == matches(e) {
			t.Errorf("%q is no other than its negation", s)
		}
	})
}
