package api_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/tallystream/tallystream/emulator/cloud/api"
)

func TestMethod(t *testing.T) {
	echo := api.Method(func(r *http.Request) (any, error) {
		body := api.Object{}
		if err := api.Read(r, &body); err != nil {
			return nil, err
		}
		switch body["fail"] {
		case "missing":
			return nil, status.Error(codes.NotFound, "Secret not found")
		case "other":
			return nil, errors.New("broken")
		case "unknown":
			return nil, api.Unknown(r)
		}
		return body, nil
	})
	for _, test := range []struct {
		body string
		code int
		want string
	}{
		{``, 200, `{}`},
		{`{"a":1}`, 200, `{"a":1}`},
		{`{"a"`, 400, `{"error":{"code":400,"message":"Invalid JSON payload received. unexpected end of JSON input","status":"INVALID_ARGUMENT"}}`},
		{`{"fail":"missing"}`, 404, `{"error":{"code":404,"message":"Secret not found","status":"NOT_FOUND"}}`},
		{`{"fail":"other"}`, 500, `{"error":{"code":500,"message":"The emulator failed: broken","status":"INTERNAL"}}`},
		{`{"fail":"unknown"}`, 501, `{"error":{"code":501,"message":"The emulator has no POST /v1/x.","status":"UNIMPLEMENTED"}}`},
		{`"` + strings.Repeat("x", api.MaxBody) + `"`, 400, `{"error":{"code":400,"message":"Request payload size exceeds the limit: 16777216 bytes.","status":"INVALID_ARGUMENT"}}`},
	} {
		w := httptest.NewRecorder()
		echo.ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/v1/x", strings.NewReader(test.body)))
		got, _ := io.ReadAll(w.Body)
		if w.Code != test.code || string(got) != test.want {
			t.Errorf("%.30s: %d %s, want %d %s", test.body, w.Code, got, test.code, test.want)
		}
	}
}

func TestVerb(t *testing.T) {
	for path, want := range map[string][2]string{
		"/v1/projects/p/secrets/s:addVersion": {"/v1/projects/p/secrets/s", "addVersion"},
		"/v1/projects/p/secrets/s":            {"/v1/projects/p/secrets/s", ""},
		"/v1/projects/a:b/secrets/s":          {"/v1/projects/a:b/secrets/s", ""},
	} {
		if resource, verb := api.Verb(path); resource != want[0] || verb != want[1] {
			t.Errorf("%s: %q %q, want %q", path, resource, verb, want)
		}
	}
}

func TestSegment(t *testing.T) {
	const name = "projects/p/locations/l/jobs/j"
	for collection, want := range map[string]string{"projects": "p", "locations": "l", "jobs": "j", "topics": ""} {
		if got := api.Segment(name, collection); got != want {
			t.Errorf("%s of %s: %q, want %q", collection, name, got, want)
		}
	}
}
