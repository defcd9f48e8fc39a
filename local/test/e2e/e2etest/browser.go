package e2etest

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"

	"github.com/tallystream/tallystream/functions/dashboard/web/browser"
)

// A reader watches the page in a browser while votes go through all stages, a
// part of them at a time.
func pageFillsFromTheStages(t *testing.T, w Warehouse) {
	l := NewLine(t, w, NewFixture(t, Small()))
	type step struct {
		Votes int64 `json:"votes"` // counted by now
		More  bool  `json:"more"`
	}
	asked, answers := make(chan struct{}), make(chan step)
	mux := http.NewServeMux()
	mux.Handle("/", l.Dashboard)
	mux.HandleFunc("POST /next", func(w http.ResponseWriter, r *http.Request) {
		select {
		case asked <- struct{}{}:
			_ = json.NewEncoder(w).Encode(<-answers)
		case <-r.Context().Done():
		}
	})
	server := httptest.NewServer(mux)
	defer server.Close()

	l.Drain()
	all := l.Messages()
	parts := slices.Collect(slices.Chunk(all, (len(all)+3)/4))
	done := browser.Start(t, []string{"BASE=" + server.URL}, "chain.js")
	for {
		select {
		case <-asked:
			l.Deliver(parts[0]...)
			l.Pass()
			parts = parts[1:]
			answers <- step{l.Count("SELECT COALESCE(SUM(votes), 0) FROM analytics.candidate_totals"), len(parts) > 0}
		case err := <-done:
			if err != nil {
				t.Fatal(err)
			}
			l.Check()
			return
		}
	}
}
