package e2e_test

import (
	"testing"
	"time"
)

// Only votes that count move the watermark, and none further than to the time at
// which it was sent. A vote that waits for a registration doesn't make the current
// minutes complete.
func TestClock(t *testing.T) {
	h := newHand(t, 1)
	l := newLine(t, h.fixture)
	noon := time.Date(2026, 11, 3, 12, 0, 0, 0, time.UTC)
	at := func(seconds int) time.Time { return noon.Add(time.Duration(seconds) * time.Second) }
	// next counts what was sent since, and checks the watermark of the votes.
	next := func(step string, watermark, ahead, amendments int64) {
		t.Helper()
		h.flush()
		l.drain()
		l.deliver(l.messages()...)
		l.pass()
		l.check()
		got := l.count("SELECT UNIX_SECONDS(watermark) FROM analytics.books WHERE kafka_topic = 'votes'") - noon.Unix()
		if got != watermark {
			t.Errorf("%s: the watermark is %d s after noon, want %d s", step, got, watermark)
		}
		if got := l.count("SELECT ahead FROM analytics.books WHERE kafka_topic = 'votes'"); got != ahead {
			t.Errorf("%s: %d votes bear times to come, want %d", step, got, ahead)
		}
		if got := l.count("SELECT COUNT(*) FROM analytics.amendments"); got != amendments {
			t.Errorf("%s: %d amendments, want %d", step, got, amendments)
		}
	}

	for _, voter := range []string{"ann", "bea", "cid", "dot"} {
		h.register(voter, at(-3600))
	}
	h.vote("ann", "a", at(0), at(-30))
	h.vote("bea", "b", at(10), at(5))
	next("two votes", 5, 0, 0)

	h.vote("stranger", "a", at(20), at(5*3600))
	next("a vote that waits, of five hours to come", 5, 0, 0)

	h.vote("cid", "a", at(30), at(25))
	next("an ordinary vote", 25, 0, 0)

	h.register("stranger", at(40))
	next("the vote that waited counts", 25, 1, 0)

	h.vote("cid", "b", at(-5), at(4))
	next("an earlier vote takes the place of the last", 20, 1, 0)

	h.vote("dot", "a", at(200), at(190))
	next("a vote three minutes on", 190, 1, 0)

	h.vote("eve", "a", at(210), at(6))
	h.register("eve", at(220))
	next("a late vote", 190, 1, 1)
}
