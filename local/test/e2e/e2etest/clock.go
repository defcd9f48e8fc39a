package e2etest

import (
	"testing"
	"time"

	"github.com/tallystream/tallystream/local/query"
)

// Only votes that count move the watermark, and none further than to the time at
// which it was sent. A vote that waits for a registration doesn't make the current
// minutes complete.
func clock(t *testing.T, w Warehouse) {
	h := NewHand(t, 1)
	l := NewLine(t, w, h.Fixture)
	noon := time.Date(2026, 11, 3, 12, 0, 0, 0, time.UTC)
	at := func(seconds int64) time.Time { return noon.Add(time.Duration(seconds) * time.Second) }
	// next counts what was sent since, and checks the watermark of the votes.
	next := func(step string, watermark, ahead, amendments int64) {
		t.Helper()
		h.Flush()
		l.Drain()
		l.Deliver(l.Messages()...)
		l.Pass()
		l.Check()
		books, err := query.Select[struct{ Watermark time.Time }](t.Context(), l.Tables.Client(),
			"SELECT watermark FROM analytics.books WHERE kafka_topic = 'votes'", nil)
		must(t, err)
		if len(books) != 1 || !books[0].Watermark.Equal(at(watermark)) {
			t.Errorf("%s: the watermark is %v, want %v", step, books, at(watermark))
		}
		if got := l.Count("SELECT ahead FROM analytics.books WHERE kafka_topic = 'votes'"); got != ahead {
			t.Errorf("%s: %d votes bear times to come, want %d", step, got, ahead)
		}
		if got := l.Count("SELECT COUNT(*) FROM analytics.amendments"); got != amendments {
			t.Errorf("%s: %d amendments, want %d", step, got, amendments)
		}
	}

	for _, voter := range []string{"ann", "bea", "cid", "dot"} {
		h.Register(voter, at(-3600))
	}
	h.Vote("ann", "a", at(0), at(-30))
	h.Vote("bea", "b", at(10), at(5))
	next("two votes", 5, 0, 0)

	h.Vote("stranger", "a", at(20), at(5*3600))
	next("a vote that waits, of five hours to come", 5, 0, 0)

	h.Vote("cid", "a", at(30), at(25))
	next("an ordinary vote", 25, 0, 0)

	h.Register("stranger", at(40))
	next("the vote that waited counts", 25, 1, 0)

	h.Vote("cid", "b", at(-5), at(4))
	next("an earlier vote takes the place of the last", 20, 1, 0)

	h.Vote("dot", "a", at(200), at(190))
	next("a vote three minutes on", 190, 1, 0)

	h.Vote("eve", "a", at(210), at(6))
	h.Register("eve", at(220))
	next("a late vote", 190, 1, 1)
}
