// Package apitest asks the APIs of the local cloud in tests.
package apitest

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

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

// patience bounds what Await waits for. On an idle machine it takes moments.
const patience = 5 * time.Minute

// Await looks until something is so. look also returns what it has seen, for the error where it doesn't come.
func Await(t testing.TB, what string, look func() (so bool, seen any)) {
	t.Helper()
	for end := time.Now().Add(patience); ; time.Sleep(time.Millisecond) {
		so, seen := look()
		if so {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("waited until %s, and see %v after %v", what, seen, patience)
		}
	}
}
