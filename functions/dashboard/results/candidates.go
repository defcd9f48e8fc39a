package results

import (
	"cmp"
	"slices"

	"github.com/tallystream/tallystream/functions/dashboard/filter"
)

// candidates lists every candidate of the ballot, and those of the results that
// have votes to show: in an open ballot, that somebody was named at all says
// how a voter voted.
func (p *Publication) candidates(f filter.Filter) []Candidate {
	byID := map[string]*Candidate{}
	for _, c := range p.Election.Candidates {
		byID[c.ID] = &Candidate{
			ID: c.ID, Name: c.Name, Party: c.Party, Colour: c.Colour, Portrait: c.Portrait, Biography: c.Biography,
		}
	}
	images := PortraitHosts(p.Election)
	here, everywhere := p.votes().Through(f), p.votes().Through(filter.Filter{})
	for _, row := range p.snapshot.Candidates {
		c := byID[row.ID]
		if c == nil {
			if everywhere.Of(row.ID) == 0 {
				continue
			}
			c = &Candidate{ID: row.ID, Name: row.Name, Party: row.Party}
			byID[row.ID] = c
		}
		if c.Portrait == "" {
			c.Image = images.fromVotes(row.Image)
		}
	}
	all, was := here.Votes(), p.past(f)
	list := make([]Candidate, 0, len(byID))
	for _, c := range byID {
		if c.Votes = here.Of(c.ID); all > 0 {
			c.Share = float64(c.Votes) / float64(all)
		}
		if was != nil {
			c.LastShare = shareOf(*was, c.ID)
		}
		list = append(list, *c)
	}
	slices.SortFunc(list, func(a, b Candidate) int { return cmp.Compare(a.ID, b.ID) })
	paint(list)
	slices.SortStableFunc(list, func(a, b Candidate) int { return cmp.Compare(b.Votes, a.Votes) })
	return list
}
