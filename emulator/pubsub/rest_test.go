package pubsub_test

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/tallystream/tallystream/emulator/pubsub"
)

// The JSON API, as gcloud and curl use it, on the port of gRPC.
func TestREST(t *testing.T) {
	base := "http://" + server(t, pubsub.Options{}).Addr() + "/v1/"
	for _, step := range []struct {
		method, path, body string
		status             int
		want               string // JSON; "" is not compared
	}{
		{"PUT", "projects/p/topics/topic", "", 200, `{"name":"projects/p/topics/topic","state":"ACTIVE"}`},
		{"PUT", "projects/p/topics/topic", "{}", 409, `{"error":{"code":409,"message":"Topic already exists (resource=topic).","status":"ALREADY_EXISTS"}}`},
		{"GET", "projects/p/topics/none", "", 404, `{"error":{"code":404,"message":"Topic not found (resource=none).","status":"NOT_FOUND"}}`},
		{"PUT", "projects/p/topics/other", `{"labels":{"a":"b"}}`, 200, ""},
		{"PUT", "projects/p/subscriptions/sub", `{"topic":"projects/p/topics/topic","newerThanThis":1}`, 400, ""},
		{"PUT", "projects/p/subscriptions/sub", `{"topic":"projects/p/topics/topic","tags":{"a":"b"}}`, 501,
			`{"error":{"code":501,"message":"The emulator doesn't support tags.","status":"UNIMPLEMENTED"}}`},
		{"PUT", "projects/p/subscriptions/sub", `{"topic":"projects/p/topics/topic","ackDeadlineSeconds":30}`, 200,
			`{"name":"projects/p/subscriptions/sub","topic":"projects/p/topics/topic","pushConfig":{},"ackDeadlineSeconds":30,
			"messageRetentionDuration":"604800s","expirationPolicy":{"ttl":"2678400s"},"state":"ACTIVE"}`},
		{"PATCH", "projects/p/subscriptions/sub", `{"subscription":{"ackDeadlineSeconds":60},"updateMask":"ackDeadlineSeconds"}`, 200, ""},
		{"GET", "projects/p/subscriptions/sub?alt=json", "", 200,
			`{"name":"projects/p/subscriptions/sub","topic":"projects/p/topics/topic","pushConfig":{},"ackDeadlineSeconds":60,
			"messageRetentionDuration":"604800s","expirationPolicy":{"ttl":"2678400s"},"state":"ACTIVE"}`},
		{"GET", "projects/p/topics?pageSize=1", "", 200,
			`{"topics":[{"name":"projects/p/topics/other","labels":{"a":"b"},"state":"ACTIVE"}],"nextPageToken":"projects/p/topics/other"}`},
		{"GET", "projects/p/topics?pageSize=1&pageToken=projects/p/topics/other", "", 200,
			`{"topics":[{"name":"projects/p/topics/topic","state":"ACTIVE"}]}`},
		{"GET", "projects/p/topics/topic/subscriptions", "", 200, `{"subscriptions":["projects/p/subscriptions/sub"]}`},
		{"GET", "projects/p/topics?nonsense=1", "", 400, ""},
		{"POST", "projects/p/topics/topic:publish", `{"messages":[{"data":"aGVsbG8="}]}`, 200, ""},
		{"POST", "projects/p/topics/topic:publish", `{"messages":[`, 400, ""},
		{"POST", "projects/p/subscriptions/sub:pull", `{"maxMessages":10}`, 200, ""},
		{"POST", "projects/p/subscriptions/sub:modifyPushConfig", `{"pushConfig":{"pushEndpoint":"http://127.0.0.1:1"}}`, 200, `{}`},
		{"DELETE", "projects/p/subscriptions/sub", "", 200, `{}`},
		{"GET", "projects/p/schemas", "", 200, `{}`},
		{"GET", "projects/p/topics/topic:getIamPolicy", "", 501, ""},
	} {
		t.Run(step.method+" "+step.path, func(t *testing.T) {
			req, err := http.NewRequestWithContext(t.Context(), step.method, base+step.path, strings.NewReader(step.body))
			if err != nil {
				t.Fatal(err)
			}
			resp, err := http.DefaultClient.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			got, err := io.ReadAll(resp.Body)
			if err != nil {
				t.Fatal(err)
			}
			if resp.StatusCode != step.status {
				t.Errorf("status %d, want %d: %s", resp.StatusCode, step.status, got)
			}
			if step.want == "" {
				return
			}
			if diff := cmp.Diff(parse(t, step.want), parse(t, string(got))); diff != "" {
				t.Errorf("answer (-want +got):\n%s", diff)
			}
		})
	}
}

func parse(t *testing.T, s string) (v any) {
	t.Helper()
	if err := json.Unmarshal([]byte(s), &v); err != nil {
		t.Fatalf("%v in %s", err, s)
	}
	return v
}
