package e2e_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"

	"cloud.google.com/go/bigquery"

	"github.com/tallystream/tallystream/functions/dashboard/web/browser"
)

// A reader watches the page in a browser while votes go through all stages, a
// part of them at a time.
func TestPageFillsFromTheStages(t *testing.T) {
	l := newLine(t, newFixture(t, small()))
	type step struct {
		Votes int64 `json:"votes"` // counted by now
		More  bool  `json:"more"`
	}
	asked, answers := make(chan struct{}), make(chan step)
	mux := http.NewServeMux()
	mux.Handle("/", l.dashboard)
	mux.HandleFunc("POST /next", func(w http.ResponseWriter, r *http.Request) {
		select {
		case asked <- struct{}{}:
			_ = json.NewEncoder(w).Encode(<-answers)
		case <-r.Context().Done():
		}
	})
	server := httptest.NewServer(mux)
	defer server.Close()

	l.drain()
	all := l.messages()
	parts := slices.Collect(slices.Chunk(all, (len(all)+3)/4))
	done := browser.Start(t, []string{"BASE=" + server.URL}, "chain.js")
	for {
		select {
		case <-asked:
			l.deliver(parts[0]...)
			l.pass()
			parts = parts[1:]
			answers <- step{l.votes(), len(parts) > 0}
		case err := <-done:
			if err != nil {
				t.Fatal(err)
			}
			l.check()
			return
		}
	}
}

// votes returns how many votes are counted.
func (l *line) votes() int64 {
	l.t.Helper()
	rows, err := l.client.Query("SELECT IFNULL(SUM(votes), 0) FROM analytics.candidate_totals").Read(l.t.Context())
	must(l.t, err)
	var row []bigquery.Value
	must(l.t, rows.Next(&row))
	return row[0].(int64)
}
