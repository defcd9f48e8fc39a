package results

import (
	"cmp"
	"slices"

	"github.com/tallystream/tallystream/functions/dashboard/disclosure"
	"github.com/tallystream/tallystream/functions/dashboard/filter"
	"github.com/tallystream/tallystream/shared/election"
)

// regions lists every region of the election and of the results, by name,
// whichever of them the filter chooses.
func (p *Publication) regions(f filter.Filter) []Region {
	byID := map[string]*Region{}
	was := map[string]*election.Past{}
	for _, g := range p.Election.Regions {
		was[g.ID] = g.Last
		byID[g.ID] = &Region{State: g.ID, Name: g.Name, Parent: g.Parent, Column: g.Column, Row: g.Row, Place: Place{Seats: int64(g.Seats)}}
	}
	for _, row := range p.snapshot.Regions {
		g := byID[row.State]
		if g == nil {
			g = &Region{State: row.State, Name: row.State}
			byID[row.State] = g
		}
		g.Registered, g.Voted = row.Registered, row.Voted
	}
	if f.Timed() {
		voted := map[string]int64{}
		for _, row := range p.snapshot.Hours {
			if f.Includes(row.Hour) {
				voted[row.State] += row.Votes
			}
		}
		for id, g := range byID {
			g.Voted = voted[id]
		}
	}
	shown := p.votes().InRegions(f)
	list := make([]Region, 0, len(byID))
	for _, g := range byID {
		g.choose(shown[g.State])
		g.Turnout = disclosure.Ratio(g.Voted, g.Registered)
		if !f.Timed() {
			g.SeatsLed = p.given()[g.State].by
			p.compare(&g.Place, was[g.State], shown[g.State])
		}
		list = append(list, *g)
	}
	slices.SortFunc(list, func(a, b Region) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.State, b.State))
	})
	return list
}

// choose sets what follows from the votes by candidate.
func (g *Place) choose(f disclosure.Figure) {
	first := f.First()
	g.By, g.Held = f.ByID(), max(0, g.Voted-f.Votes())
	g.Race, g.Margin, g.LeaderVotes = first.Race, first.Margin, first.Votes
	g.MarginShare = disclosure.Ratio(g.Margin, f.Votes())
	if first.Race == disclosure.RaceLeads {
		g.Leader = &first.Candidate
	}
}
