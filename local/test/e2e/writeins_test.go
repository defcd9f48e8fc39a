package e2e_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"
)

// In an open ballot every voter may name a candidate of their own.
func TestManyWriteIns(t *testing.T) {
	t.Parallel()
	h := newHand(t, 2)
	const names = 20_000
	noon := time.Date(2026, 11, 3, 12, 0, 0, 0, time.UTC)
	for i := range names {
		voter := fmt.Sprint("w-", i)
		h.register(voter, noon)
		h.vote(voter, fmt.Sprint("Write-in ", i), noon, noon)
	}
	h.flush()
	l := newLine(t, h.fixture)
	l.drain()
	l.deliver(l.messages()...)
	l.pass()
	l.check()
	code, answer := l.get("/api/v1/results")
	var r struct {
		Totals struct{ Votes, Held int64 }
	}
	if err := json.Unmarshal([]byte(answer), &r); code != 200 || err != nil || r.Totals.Votes != names {
		t.Errorf("the dashboard answers %d with %d votes (%v), want %d", code, r.Totals.Votes, err, names)
	}
}
