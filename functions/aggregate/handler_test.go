package aggregate

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func TestHandler(t *testing.T) {
	tests := []struct {
		name, method, body string
		status             int
		contains           string
	}{
		{"nothing to do", "POST", `{"until":"caught_up"}`, http.StatusOK, `"caught_up":true`},
		{"no body is the deadline", "POST", ``, http.StatusOK, `"passes":0`},
		{"no seconds named", "POST", `{"seconds":0}`, http.StatusOK, `"looks":1`},
		{"another end", "POST", `{"until":"tomorrow"}`, http.StatusBadRequest, "tomorrow"},
		{"too long", "POST", `{"seconds":1e9}`, http.StatusBadRequest, "3600"},
		{"a misspelt field", "POST", `{"untill":"caught_up"}`, http.StatusBadRequest, "untill"},
		{"rebuild nothing", "POST", `{"rebuild":{}}`, http.StatusBadRequest, "name two times"},
		{"rebuild backwards", "POST", `{"rebuild":{"from":"2026-11-03T12:00:00Z","to":"2026-11-03T12:00:00Z"}}`, http.StatusBadRequest, "the earlier one first"},
		{"rebuild something", "POST", `{"rebuild":"some"}`, http.StatusBadRequest, "rebuild is"},
		{"rebuild what can't be", "POST", `{"rebuild":"all"}`, http.StatusInternalServerError, "nothing was rebuilt"},
		{"not JSON", "POST", `until=caught_up`, http.StatusBadRequest, "isn't a request"},
		{"too large", "POST", `{"until":"` + strings.Repeat("x", 4<<10) + `"}`, http.StatusRequestEntityTooLarge, "more than 4096 bytes"},
		{"not a POST", "GET", ``, http.StatusMethodNotAllowed, "POST"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h := NewWith(Config{Interval: time.Millisecond}, &memory{})
			w := httptest.NewRecorder()
			h.ServeHTTP(w, httptest.NewRequest(tt.method, "/", strings.NewReader(tt.body)))
			if w.Code != tt.status || !strings.Contains(w.Body.String(), tt.contains) {
				t.Errorf("answer %d %s, want %d with %q", w.Code, w.Body, tt.status, tt.contains)
			}
		})
	}
}
