package dashboard

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/tallystream/tallystream/functions/dashboard/internal/sample"
)

func TestRequestsHaveNoBody(t *testing.T) {
	h := newTestHandler(t, &sample.Store{Next: sample.Returns(sample.Small(), nil)})
	for name, sent := range map[string]io.Reader{
		"with a length": strings.NewReader("x"),
		"in chunks":     io.MultiReader(strings.NewReader("x")),
	} {
		r := httptest.NewRequest(http.MethodGet, "/api/v1/results", sent)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != http.StatusRequestEntityTooLarge || !strings.Contains(w.Body.String(), "no body") {
			t.Errorf("a body %s: %d %s", name, w.Code, w.Body)
		}
	}
}
