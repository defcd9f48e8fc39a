package logging_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/tallystream/tallystream/emulator/cloud/api"
	"github.com/tallystream/tallystream/emulator/cloud/api/apitest"
	"github.com/tallystream/tallystream/emulator/cloud/gcloudtest"
	"github.com/tallystream/tallystream/emulator/cloud/logging"
)

func service() *logging.Service {
	return logging.New(api.Method(func(r *http.Request) (any, error) { return nil, api.Unknown(r) }))
}

var function = logging.Resource{Type: "cloud_run_revision", Labels: map[string]string{"project_id": "p", "location": "us-central1", "service_name": "aggregate"}}

func TestLines(t *testing.T) {
	s := service()
	managed := map[string]string{"goog-managed-by": "cloudfunctions"}
	s.Write(function, managed, []byte(`{"severity":"warning","message":"late","time":"2026-11-29T07:00:00Z","logging.googleapis.com/labels":{"execution_id":"e1"},"logging.googleapis.com/trace":"t","votes":3}`))
	s.Write(function, managed, []byte("panic: no"))
	s.Write(function, managed, []byte(`{"severity":"LOUD","message":"kept"}`))
	_, got := apitest.Send(t, s, "POST", "/v2/entries:list", `{"resourceNames":["projects/p"],"orderBy":"timestamp asc"}`)
	entries := got["entries"].([]any)
	if len(entries) != 3 {
		t.Fatalf("%v", got)
	}
	first, second, third := entries[0].(api.Object), entries[1].(api.Object), entries[2].(api.Object)
	labels := first["labels"].(api.Object)
	payload := first["jsonPayload"].(api.Object)
	if first["severity"] != "WARNING" || first["timestamp"] != "2026-11-29T07:00:00Z" || first["trace"] != "t" || labels["execution_id"] != "e1" ||
		labels["goog-managed-by"] != "cloudfunctions" || payload["message"] != "late" || payload["votes"] != 3.0 || len(payload) != 2 {
		t.Errorf("of JSON: %v", first)
	}
	if second["textPayload"] != "panic: no" || second["insertId"] == "" {
		t.Errorf("of text: %v", second)
	}
	if third["severity"] != nil || third["jsonPayload"].(api.Object)["severity"] != "LOUD" {
		t.Errorf("of no severity: %v", third)
	}
}

func TestPagesAndLogs(t *testing.T) {
	s := service()
	for n := range 5 {
		body := fmt.Sprintf(`{"logName":"projects/p/logs/a%%2Fb","resource":{"type":"global"},"entries":[{"textPayload":"%d","severity":400,"timestamp":"2026-11-29T07:00:0%dZ"}]}`, n, n/2)
		if code, answer := apitest.Send(t, s, "POST", "/v2/entries:write", body); code != 200 {
			t.Fatal(answer)
		}
	}
	var seen []string
	token := ""
	for {
		_, got := apitest.Send(t, s, "POST", "/v2/entries:list", `{"resourceNames":["projects/p"],"orderBy":"timestamp desc","pageSize":2,"filter":"severity=WARNING","pageToken":"`+token+`"}`)
		for _, e := range got["entries"].([]any) {
			seen = append(seen, e.(api.Object)["textPayload"].(string))
		}
		if token, _ = got["nextPageToken"].(string); token == "" {
			break
		}
	}
	if got := strings.Join(seen, ""); got != "43210" {
		t.Errorf("pages have %s, want 43210", got)
	}
	if _, logs := apitest.Send(t, s, "GET", "/v2/projects/p/logs", ""); fmt.Sprint(logs["logNames"]) != "[projects/p/logs/a%2Fb]" {
		t.Errorf("logs: %v", logs)
	}
	for _, want := range []int{200, 404} {
		if code, _ := apitest.Send(t, s, "DELETE", "/v2/projects/p/logs/a%2Fb", ""); code != want {
			t.Errorf("deleted: %d, want %d", code, want)
		}
	}
	for body, want := range map[string]string{
		`{"resourceNames":["projects/p"],"filter":"a AND"}`: "unparseable filter: at 6",
		`{"resourceNames":["projects/p"],"orderBy":"name"}`: "orderBy",
		`{"resourceNames":["folders/1"]}`:                   "folders/1",
		`{"projectIds":["p"]}`:                              "projectIds",
		`{"resourceNames":["projects/p"],"pageToken":"eA"}`: "page_token",
	} {
		code, answer := apitest.Send(t, s, "POST", "/v2/entries:list", body)
		if message := answer["error"].(api.Object)["message"].(string); code != 400 || !strings.Contains(message, want) {
			t.Errorf("%s: %d %s", body, code, message)
		}
	}
}

func TestGcloud(t *testing.T) {
	s := service()
	g := gcloudtest.New(t, "logging", s, "/")
	g.Run("", "logging", "write", "notes", "hello there", "--severity=ERROR")
	if got := g.Run("", "logging", "read", "severity>=WARNING AND textPayload:HELLO", "--format=value(textPayload)"); got != "hello there" {
		t.Errorf("read: %q", got)
	}
	g.Refused("unparseable filter", "", "logging", "read", "severity>=LOUD")
}
