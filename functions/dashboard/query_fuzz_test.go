package dashboard

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"

	"github.com/tallystream/tallystream/functions/dashboard/internal/sample"
)

// Whatever stands behind the question mark, the answer is the results or a
// sentence for who wrote it, and never an error of ours.
func FuzzQuery(f *testing.F) {
	for _, query := range []string{
		"", "region=TX", "region=TX&region=CA", "group=age:18-24", "group=gender:female&from=2026-11-03T14:00:00Z",
		"from=2026-11-03T14:00:00%2B01:00&to=2026-11-03T13:00:00Z", "to=9999-12-31T23:59:59Z", "since=%00", "%", "&&=;", "region=%ff",
		"from=2099-12-31T23:59:59Z&to=2000-01-01T00:00:00Z", "<script>=1",
	} {
		f.Add(query)
	}
	h := newTestHandler(f, &sample.Store{Next: sample.Returns(sample.Small(), nil)})
	f.Fuzz(func(t *testing.T, query string) {
		for _, path := range []string{"/api/v1/results", "/"} {
			r := httptest.NewRequest(http.MethodGet, path, nil)
			r.URL = &url.URL{Path: path, RawQuery: query}
			r.RequestURI = r.URL.RequestURI()
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			switch w.Code {
			case http.StatusOK, http.StatusBadRequest, http.StatusRequestURITooLong:
			default:
				t.Errorf("%s?%s: status %d, %s", path, query, w.Code, w.Body)
			}
			if path != "/" && !json.Valid(w.Body.Bytes()) {
				t.Errorf("%s?%s: the answer isn't JSON: %s", path, query, w.Body)
			}
		}
	})
}
