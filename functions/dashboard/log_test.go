package dashboard

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// Each query that changes what is shown has a line, however many readers it
// serves.
func TestLogOfQueries(t *testing.T) {
	var log bytes.Buffer
	store := &fakeStore{next: func(context.Context) (*Snapshot, error) { return &Snapshot{}, nil }}
	c := testConfig(t)
	c.Refresh, c.MaxAge = time.Hour, time.Hour
	h, err := NewHandler(c, store, slog.New(slog.NewTextHandler(&log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/api/v1/results", nil))
		if w.Code != http.StatusOK {
			t.Fatalf("answer %d %s", w.Code, w.Body)
		}
	}
	if err := h.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := log.String(); strings.Count(got, `msg="results read" took=`) != 1 || !strings.Contains(got, "changed=true bytes=") {
		t.Errorf("log %q, want one line of a query", got)
	}
}
