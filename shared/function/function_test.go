package function

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// handlerStage is a stage that holds nothing.
type handlerStage struct{ http.HandlerFunc }

func (handlerStage) Close(context.Context) error { return nil }

// A stage that can't be built is tried again with the next request; one that
// was built is kept.
func TestStageIsBuiltOnce(t *testing.T) {
	var log bytes.Buffer
	builds := 0
	build := func() (Stage, error) {
		builds++
		if builds == 1 {
			return nil, errors.New("no credentials for secret-project")
		}
		return handlerStage{func(w http.ResponseWriter, _ *http.Request) { JSON(w, http.StatusOK, "served") }}, nil
	}
	h := newHost(slog.New(slog.NewTextHandler(&log, nil))).handler("stage", build)
	for i, want := range []int{http.StatusInternalServerError, http.StatusOK, http.StatusOK} {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/", nil))
		if w.Code != want {
			t.Errorf("request %d: answer %d %s, want %d", i, w.Code, w.Body, want)
		}
		if strings.Contains(w.Body.String(), "secret-project") {
			t.Errorf("request %d: the answer tells the public what only the log may: %s", i, w.Body)
		}
	}
	if builds != 2 {
		t.Errorf("built %d times, want 2", builds)
	}
	if !strings.Contains(log.String(), "no credentials for secret-project") {
		t.Errorf("the log doesn't say why the stage wasn't built: %s", &log)
	}
}
