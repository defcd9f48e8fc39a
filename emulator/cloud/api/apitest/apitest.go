// Package apitest asks the APIs of the local cloud in tests.
package apitest

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/tallystream/tallystream/emulator/cloud/api"
)

// Send asks a service and returns the status and the answer, which is a JSON object.
func Send(t testing.TB, s http.Handler, method, target, body string) (int, api.Object) {
	t.Helper()
	w := httptest.NewRecorder()
	s.ServeHTTP(w, httptest.NewRequest(method, target, strings.NewReader(body)))
	var answer api.Object
	if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil {
		t.Fatalf("%s %s: %v in %s", method, target, err, w.Body)
	}
	return w.Code, answer
}
