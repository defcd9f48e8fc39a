package disclosure

import (
	"cmp"
	"slices"
)

// What the votes by candidate say of who is first.
const (
	RaceNone  = "none"  // no votes are shown
	RaceLeads = "leads" // one is, whatever isn't shown
	RaceLevel = "level" // several are, and everything is shown
	RaceClose = "close" // what isn't shown can decide it
)

// Lead is who is first, as far as the figures say.
type Lead struct {
	Candidate string
	Votes     int64
	Margin    int64 // to the second
	Race      string
}

// First says who is first, and whether that can still change. All ballots that the figures
// lag by may be for the second, or be withdrawn from the first.
func (f Figure) First() Lead {
	if len(f.Tally) == 0 {
		return Lead{Race: RaceNone}
	}
	order := slices.SortedStableFunc(slices.Values(f.Tally), func(a, b portion) int { return cmp.Compare(b.votes, a.votes) })
	p := Lead{Candidate: order[0].candidate, Votes: order[0].votes, Margin: order[0].votes, Race: RaceClose}
	if len(order) > 1 {
		p.Margin -= order[1].votes
	}
	switch {
	case p.Margin > f.Lag:
		p.Race = RaceLeads
	case p.Margin == 0 && f.Lag == 0:
		p.Race = RaceLevel
	}
	return p
}
