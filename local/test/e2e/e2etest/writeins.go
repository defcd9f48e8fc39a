package e2etest

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"
)

// In an open ballot every voter may name a candidate of their own.
func manyWriteIns(t *testing.T, w Warehouse) {
	h := NewHand(t, 2)
	const names = 20_000
	noon := time.Date(2026, 11, 3, 12, 0, 0, 0, time.UTC)
	for i := range names {
		voter := fmt.Sprint("w-", i)
		h.Register(voter, noon)
		h.Vote(voter, fmt.Sprint("Write-in ", i), noon, noon)
	}
	h.Flush()
	l := NewLine(t, w, h.Fixture)
	l.Drain()
	l.Deliver(l.Messages()...)
	l.Pass()
	l.Check()
	code, answer := l.Get("/api/v1/results")
	var r struct {
		Totals struct{ Votes, Held int64 }
	}
	if err := json.Unmarshal([]byte(answer), &r); code != 200 || err != nil || r.Totals.Votes != names {
		t.Errorf("the dashboard answers %d with %d votes (%v), want %d", code, r.Totals.Votes, err, names)
	}
}
