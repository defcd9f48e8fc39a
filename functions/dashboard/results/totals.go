package results

import (
	"time"

	"github.com/tallystream/tallystream/functions/dashboard/disclosure"
)

// totals sums a document up. The votes by candidate add up to f.
func totals(r *Document, f disclosure.Figure) Totals {
	var t Totals
	for _, g := range r.Regions {
		if r.Filter.InRegion(g.State) {
			t.Registered += g.Registered
			t.Votes += g.Voted
		}
	}
	t.Shown = f.Votes()
	t.Held = max(0, t.Votes-t.Shown)
	t.Turnout = disclosure.Ratio(t.Votes, t.Registered)
	first := f.First()
	t.Race, t.Margin = first.Race, first.Margin
	t.MarginShare = disclosure.Ratio(t.Margin, t.Shown)
	if first.Race == disclosure.RaceLeads {
		t.Leader = &first.Candidate
	}
	return t
}

// instant is t in UTC, or nil for the zero time.
func instant(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}
