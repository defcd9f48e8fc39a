package rest_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"cloud.google.com/go/pubsub/v2/apiv1/pubsubpb"

	"github.com/tallystream/tallystream/emulator/pubsub/rest"
)

// The service implements nothing: a call that reaches it answers 501 with its name.
func TestRoutes(t *testing.T) {
	h, err := rest.New(1000, nil, rest.Service{Desc: &pubsubpb.Publisher_ServiceDesc, Impl: pubsubpb.UnimplementedPublisherServer{}})
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		method, path, body string
		code               int
		status, message    string
	}{
		{"GET", "/v1/projects/p/topics/t", "", 501, "UNIMPLEMENTED", "method GetTopic not"},
		{"PUT", "/v1/projects/p/topics/t", "", 501, "UNIMPLEMENTED", "method CreateTopic not"},
		{"POST", "/v1/projects/p/topics/t:publish", `{"messages":[{"data":"eA=="}]}`, 501, "UNIMPLEMENTED", "method Publish not"},
		{"GET", "/v1/projects/p/topics?pageSize=3&page_token=x&alt=json&$prettyPrint=true", "", 501, "UNIMPLEMENTED", "method ListTopics not"},
		{"GET", "/v1/projects/p/topics/a/b", "", 501, "UNIMPLEMENTED", "The emulator has no GET"},
		{"DELETE", "/v1/projects/p/topics", "", 501, "UNIMPLEMENTED", "The emulator has no DELETE"},
		{"GET", "/v1/projects/p/topics?size=3", "", 400, "INVALID_ARGUMENT", `Unknown name "size"`},
		{"GET", "/v1/projects/p/topics?=3", "", 400, "INVALID_ARGUMENT", `Unknown name ""`},
		{"GET", "/v1/projects/p/topics?pageSize=many", "", 400, "INVALID_ARGUMENT", `Invalid value at "pageSize"`},
		{"POST", "/v1/projects/p/topics/t:publish", `{"messages":`, 400, "INVALID_ARGUMENT", "Invalid JSON payload"},
		{"POST", "/v1/projects/p/topics/t:publish", `{"messages":"` + strings.Repeat("x", 1000) + `"}`, 400, "INVALID_ARGUMENT", "can't be read"},
	} {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), tt.method, tt.path, strings.NewReader(tt.body)))
		var got struct {
			Error struct {
				Code            int
				Status, Message string
			}
		}
		if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil {
			t.Errorf("%s %s: answer %q: %v", tt.method, tt.path, w.Body, err)
			continue
		}
		if w.Code != tt.code || got.Error.Code != tt.code || got.Error.Status != tt.status || !strings.Contains(got.Error.Message, tt.message) {
			t.Errorf("%s %s: %d %+v, want %d %s and a message that says %s", tt.method, tt.path, w.Code, got.Error, tt.code, tt.status, tt.message)
		}
	}
}

// A service whose protocol buffers aren't linked can't be served.
func TestUnknownService(t *testing.T) {
	desc := pubsubpb.Publisher_ServiceDesc
	desc.ServiceName = "google.pubsub.v1.Nobody"
	if _, err := rest.New(1000, nil, rest.Service{Desc: &desc, Impl: http.NotFoundHandler()}); err == nil {
		t.Error("no error")
	}
}
