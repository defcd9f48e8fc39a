package secretmanager_test

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/tallystream/tallystream/emulator/cloud/policy"
	"github.com/tallystream/tallystream/emulator/cloud/secretmanager"
)

// call sends a request and returns its status and answer.
func call(h http.Handler, method, path, body string) (int, string) {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(method, "/v1/projects/p/secrets"+path, strings.NewReader(body)))
	return w.Code, w.Body.String()
}

func data(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }

const automatic = `{"replication":{"automatic":{}}}`

// Each call with a part of its answer, in order.
func TestCalls(t *testing.T) {
	s := secretmanager.New(policy.New())
	for n, test := range []struct {
		method, path, body string
		code               int
		want               string
	}{
		{"POST", "?secretId=key", automatic, 200, `"name":"projects/p/secrets/key","replication":{"automatic":{}}`},
		{"POST", "?secretId=key", automatic, 409, `Secret [projects/p/secrets/key] already exists.`},
		{"POST", "?secretId=a.b", automatic, 400, `Secret ID [a.b]`},
		{"POST", "?secretId=b", `{}`, 400, `want either automatic or userManaged`},
		{"POST", "?secretId=b", `{"replication":{"automatic":{}},"rotation":{}}`, 400, `Unknown name \"rotation\"`},
		{"POST", "?secretId=b&kmsKey=k", automatic, 400, `\"kmsKey\"`},
		{"POST", "?secretId=b", `{"labels":{"a":"b"},"replication":{"userManaged":{"replicas":[{"location":"us-east1"}]}}}`, 200, `"location":"us-east1"`},
		{"GET", "?pageSize=1", "", 200, `"nextPageToken":"`},
		{"GET", "", "", 200, `"totalSize":2`},
		{"GET", "?filter=name:b", "", 400, `\"filter\"`},
		{"GET", "/none", "", 404, `Secret [projects/p/secrets/none] not found.`},
		{"PATCH", "/b?updateMask=labels,annotations", `{"annotations":{"x":"y"}}`, 200, `"annotations":{"x":"y"},"etag"`},
		{"PATCH", "/b?updateMask=replication", automatic, 400, `\"replication\" can't be changed`},
		{"PATCH", "/b?updateMask=labels", `{"etag":"\"old\""}`, 400, `does not match the current etag`},

		{"GET", "/key/versions/latest", "", 404, `Secret Version [projects/p/secrets/key/versions/latest] not found.`},
		{"POST", "/key:addVersion", `{"payload":{"data":"` + data("one") + `","dataCrc32c":"123"}}`, 400, "corrupted"},
		{"POST", "/key:addVersion", `{"payload":{"data":"` + data(strings.Repeat("x", 64<<10+1)) + `"}}`, 400, "65537 bytes; at most 65536"},
		{"POST", "/key:addVersion", `{}`, 400, "no payload"},
		{"POST", "/key:addVersion", `{"payload":{"data":"` + data("123456789") + `","dataCrc32c":"3808858755"}}`, 200, `"clientSpecifiedPayloadChecksum":true`},
		{"POST", "/key:addVersion", `{"payload":{"data":"` + data("two") + `"}}`, 200, `"name":"projects/p/secrets/key/versions/2"`},
		{"GET", "/key/versions/1:access", "", 200, `{"name":"projects/p/secrets/key/versions/1","payload":{"data":"` + data("123456789") + `","dataCrc32c":"3808858755"}}`},
		{"GET", "/key/versions/latest:access", "", 200, data("two")},
		{"GET", "/key/versions?pageSize=1", "", 200, `versions/2","createTime"`},
		{"GET", "/key/versions/x", "", 400, "neither a number nor latest"},
		{"POST", "/key/versions/2:disable", `{}`, 200, `"state":"DISABLED"`},
		{"GET", "/key/versions/latest:access", "", 400, "Secret Version [projects/p/secrets/key/versions/2] is in DISABLED state."},
		{"POST", "/key/versions/2:enable", `{}`, 200, `"state":"ENABLED"`},
		{"POST", "/key/versions/1:destroy", `{}`, 200, `"destroyTime":"`},
		{"POST", "/key/versions/1:enable", `{}`, 400, "already destroyed"},
		{"GET", "/key/versions/1:access", "", 400, "DESTROYED state"},
		{"POST", "/key/versions/1:rotate", `{}`, 501, "The emulator has no POST /v1/projects/p/secrets/key/versions/1:rotate."},

		{"POST", "/key:setIamPolicy", `{"policy":{"bindings":[{"role":"roles/secretmanager.secretAccessor","members":["user:a@example.com"]}]}}`, 200, `"user:a@example.com"`},
		{"GET", "/key:getIamPolicy?options.requestedPolicyVersion=3", "", 200, `"user:a@example.com"`},
		{"POST", "/none:setIamPolicy", `{"policy":{}}`, 404, "not found"},
		{"DELETE", "/key?etag=old", "", 400, "does not match"},
		{"DELETE", "/key", "", 200, "{}"},
		{"GET", "/key/versions/latest:access", "", 404, "not found"},
		{"POST", "?secretId=key", automatic, 200, ""},
		{"GET", "/key:getIamPolicy", "", 200, `{"version":1,"etag":`},
	} {
		if code, got := call(s, test.method, test.path, test.body); code != test.code || !strings.Contains(got, test.want) {
			t.Errorf("%d: %s %s: %d %s\nwant %d %s", n, test.method, test.path, code, got, test.code, test.want)
		}
	}
}

func TestAccess(t *testing.T) {
	s := secretmanager.New(policy.New())
	call(s, "POST", "?secretId=key", automatic)
	call(s, "POST", "/key:addVersion", fmt.Sprintf(`{"payload":{"data":%q}}`, data("value")))
	for name, want := range map[string]string{
		"projects/p/secrets/key/versions/1":      "value",
		"projects/p/secrets/key/versions/latest": "value",
		"projects/p/secrets/key/versions/2":      "NotFound",
		"projects/p/secrets/other/versions/1":    "NotFound",
		"projects/p/secrets/key":                 "want projects/PROJECT/secrets/SECRET/versions/VERSION",
	} {
		got, err := s.Access(t.Context(), name)
		if err == nil && string(got) != want || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %q %v, want %q", name, got, err, want)
		}
	}
}
