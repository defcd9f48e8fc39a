package api_test

import (
	"encoding/base64"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/tallystream/tallystream/emulator/cloud/api"
)

func TestRouter(t *testing.T) {
	router := api.NewRouter()
	for _, pattern := range []string{
		"GET /v1/projects/{p}/secrets/{s}", "POST /v1/projects/{p}/secrets/{s}:addVersion",
		"GET /v1/b/{p}/o/{s}", "GET /v1/projects/{p}/metrics/{s...}",
	} {
		router.Handle(pattern, func(r *http.Request) (any, error) {
			return pattern + " " + r.PathValue("p") + " " + r.PathValue("s") + " " + r.URL.Path, nil
		})
	}
	for request, want := range map[string]string{
		"GET /v1/projects/p/secrets/s":             `"GET /v1/projects/{p}/secrets/{s} p s /v1/projects/p/secrets/s"`,
		"POST /v1/projects/p/secrets/s:addVersion": `"POST /v1/projects/{p}/secrets/{s}:addVersion p s /v1/projects/p/secrets/s:addVersion"`,
		"GET /v1/projects/a:b/secrets/s":           `"GET /v1/projects/{p}/secrets/{s} a:b s /v1/projects/a:b/secrets/s"`,
		"GET /v1/b/b/o/a%2Fb:c":                    `"GET /v1/b/{p}/o/{s} b a/b:c /v1/b/b/o/a/b:c"`,
		"GET /v1/projects/p/metrics/a/b":           `"GET /v1/projects/{p}/metrics/{s...} p a/b /v1/projects/p/metrics/a/b"`,
		"GET /v1/projects/p/secrets/s:addVersion":  `{"error":{"code":501,"message":"The emulator has no GET /v1/projects/p/secrets/s:addVersion.","status":"UNIMPLEMENTED"}}`,
		"PUT /v1/projects/p/secrets/s":             `{"error":{"code":501,"message":"The emulator has no PUT /v1/projects/p/secrets/s.","status":"UNIMPLEMENTED"}}`,
		"GET /v1//projects":                        `{"error":{"code":501,"message":"The emulator has no GET /v1//projects.","status":"UNIMPLEMENTED"}}`,
	} {
		method, path, _ := strings.Cut(request, " ")
		w := httptest.NewRecorder()
		router.ServeHTTP(w, httptest.NewRequest(method, path, nil))
		if got := w.Body.String(); got != want {
			t.Errorf("%s:\n got %s\nwant %s", request, got, want)
		}
	}
}

func TestReadRefusesUnknownFields(t *testing.T) {
	var v struct{ Name string }
	err := api.Decode([]byte(`{"name":"n","rotation":{}}`), &v)
	if status.Code(err) != codes.InvalidArgument || !strings.Contains(err.Error(), `Unknown name "rotation"`) {
		t.Errorf("got %v, want the name of the field", err)
	}
}

func TestParameters(t *testing.T) {
	for query, want := range map[string]string{
		"": "", "alt=json&pageSize=2&$.xgafv=1": "", "filter=&keep=False": "", "keep=true": `"keep"`, "filter=a": `"filter"`, "alt=media": "alt=media",
	} {
		err := api.Parameters(httptest.NewRequest(http.MethodGet, "/v1/x?"+query, nil), "pageSize")
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%q: %v, want %q", query, err, want)
		}
	}
}

func TestPage(t *testing.T) {
	list := []string{"a", "b", "c", "d", "e"}
	after := func(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }
	for _, test := range []struct{ query, want, next string }{
		{"", "abc", after("c")}, {"pageSize=2", "ab", after("b")}, {"pageSize=9&pageToken=" + after("bb"), "cde", ""},
		{"pageToken=" + after("z"), "", ""}, {"pageSize=0", "abc", after("c")},
	} {
		r := httptest.NewRequest(http.MethodGet, "/v1/x?"+test.query, nil)
		page, next, err := api.Page(r, list, 3, func(s string) string { return s })
		if err != nil || strings.Join(page, "") != test.want || next != test.next {
			t.Errorf("%q: %v %q %v, want %q %q", test.query, page, next, err, test.want, test.next)
		}
	}
	for _, query := range []string{"pageSize=-1", "pageSize=x", "pageToken=!"} {
		r := httptest.NewRequest(http.MethodGet, "/v1/x?"+query, nil)
		if _, _, err := api.Page(r, list, 3, func(s string) string { return s }); status.Code(err) != codes.InvalidArgument {
			t.Errorf("%q: %v, want INVALID_ARGUMENT", query, err)
		}
	}
}
