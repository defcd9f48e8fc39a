package results

import (
	"github.com/tallystream/tallystream/functions/dashboard/disclosure"
	"github.com/tallystream/tallystream/functions/dashboard/filter"
	"github.com/tallystream/tallystream/shared/election"
)

// areasOf are the areas of an election as filters know them.
func areasOf(e *election.Election) (list []*filter.Area) {
	for _, a := range e.Areas {
		area := &filter.Area{ID: a.ID, Regions: map[string]bool{}}
		for _, g := range e.Regions {
			if g.Parent == a.ID {
				area.Regions[g.ID] = true
			}
		}
		list = append(list, area)
	}
	return list
}

// sumAreas adds regions up, whichever of them the filter chooses: sums of what is shown of
// regions, so they say nothing that these don't.
func (p *Publication) sumAreas(f filter.Filter, regions []Region) []Area {
	shown := p.votes().InRegions(f)
	list := make([]Area, 0, len(p.areas))
	for i, area := range p.areas {
		a := Area{ID: area.ID, Name: p.Election.Areas[i].Name, Regions: int64(len(area.Regions))}
		var sum disclosure.Figure
		for _, g := range regions {
			if !area.Regions[g.State] {
				continue
			}
			sum = sum.And(shown[g.State])
			a.Registered += g.Registered
			a.Voted += g.Voted
			a.Seats += g.Seats
			for id, n := range g.SeatsLed {
				if a.SeatsLed == nil {
					a.SeatsLed = map[string]int64{}
				}
				a.SeatsLed[id] += n
			}
		}
		a.choose(sum)
		if !f.Timed() {
			p.compare(&a.Place, sumPast(p.Election, func(g election.Region) bool { return area.Regions[g.ID] }), sum)
		}
		a.Turnout = disclosure.Ratio(a.Voted, a.Registered)
		list = append(list, a)
	}
	return list
}
