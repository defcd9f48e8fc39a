package e2etest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/tallystream/tallystream/shared/election"
)

func cleanElection(t *testing.T, w Warehouse) {
	f := NewFixture(t, clean())
	l := NewLine(t, w, f)
	l.Push(l.Ingest)
	l.Drain()
	l.PassUntilAll()
	l.Check()

	l.outOfBalance(0)
	l.Exec(`UPDATE analytics.books SET accepted = accepted - 1 WHERE kafka_topic = 'votes' AND kafka_partition = 0`)
	l.outOfBalance(1)
}

// outOfBalance checks how many partitions the aggregation says don't balance.
func (l *Line) outOfBalance(want int) {
	l.t.Helper()
	_, answer := l.Call(l.t.Context(), l.Aggregate, CaughtUp)
	if !strings.Contains(answer, fmt.Sprintf(`"unbalanced":%d,`, want)) {
		l.t.Errorf("the aggregation answers %s, want %d partitions out of balance", answer, want)
	}
}

func openBallot(t *testing.T, w Warehouse) {
	o := Small()
	o.Election = nil
	f := NewFixture(t, o)
	l := NewLine(t, w, f)
	l.Push(l.Ingest)
	l.Drain()
	l.PassUntilAll()
	l.Check()
}

func votersAfterVotes(t *testing.T, w Warehouse) {
	o := Small()
	o.VotersLast = true
	l := NewLine(t, w, NewFixture(t, o))
	l.Drain()
	// At least two passes read registrations: an amendment needs a watermark of a pass before.
	for part := range slices.Chunk(VotesFirst(Rebatch(l.t, l.Messages(), 400)), 2) {
		l.Deliver(part...)
		l.Pass()
	}
	l.Check()
	l.Amended()
	if l.Count("SELECT COUNT(*) FROM analytics.amendments WHERE votes_after > votes_before") == 0 {
		t.Error("registrations made votes of complete minutes count, and no amendment says so")
	}
}

// An election file without a day: the day is that of the votes. Until a vote counts,
// every pass must work without one.
func dayFromTheVotes(t *testing.T, w Warehouse) {
	o := Small()
	o.Election.Date = election.Date{}
	o.VotersLast = true
	l := NewLine(t, w, NewFixture(t, o))
	l.Drain()
	for _, m := range VotesFirst(l.Messages()) {
		l.Deliver(m)
		l.Pass()
	}
	l.Check()
}

// The dashboard shows the result of the ledger.
func dashboardShowsTheResult(t *testing.T, w Warehouse) {
	o := Small()
	o.Election.SmallCell = new(0) // votes by candidate aren't held back for a step
	f := NewFixture(t, o)
	l := NewLine(t, w, f)
	l.Push(l.Ingest)
	l.Drain()
	l.PassUntilAll()

	var got struct {
		Candidates []struct {
			ID    string `json:"id"`
			Votes int64  `json:"votes"`
		} `json:"candidates"`
		Books struct {
			Records, Accepted, Duplicate, Rejected, Pending, Gaps int64
			Balanced                                              bool
		} `json:"books"`
	}
	r := httptest.NewRecorder()
	l.Dashboard.ServeHTTP(r, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/api/v1/results", nil))
	if r.Code != http.StatusOK {
		t.Fatalf("dashboard: %d %s", r.Code, r.Body)
	}
	must(t, json.Unmarshal(r.Body.Bytes(), &got))

	votes := map[string]int64{}
	for _, c := range got.Candidates {
		votes[c.ID] = c.Votes
	}
	for _, total := range f.Ledger.Totals() {
		if votes[total.Candidate] != total.Votes {
			t.Errorf("%s has %d votes on the dashboard, want %d", total.Candidate, votes[total.Candidate], total.Votes)
		}
	}
	book := f.Ledger.Books()["votes"]
	want := []int64{book.Records, book.Accepted, book.Duplicate, book.Rejected, book.Pending, book.Gaps}
	have := []int64{got.Books.Records, got.Books.Accepted, got.Books.Duplicate, got.Books.Rejected, got.Books.Pending, got.Books.Gaps}
	if !slices.Equal(want, have) || !got.Books.Balanced {
		t.Errorf("books %v (balanced: %v), want %v", have, got.Books.Balanced, want)
	}
}
