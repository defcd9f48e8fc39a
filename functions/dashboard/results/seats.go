package results

import (
	"cmp"
	"maps"
	"slices"

	"github.com/tallystream/tallystream/functions/dashboard/disclosure"
	"github.com/tallystream/tallystream/functions/dashboard/filter"
	"github.com/tallystream/tallystream/shared/election"
)

// Seats is how the votes that are counted would give out the seats of the election, or those of the
// regions that the filter chooses. It says who leads for how many; nobody is elected by it.
type Seats struct {
	Method      election.Method `json:"method"`
	Threshold   float64         `json:"threshold"`    // share of the votes, 0 to 1; 0: none
	ThresholdOf election.Scope  `json:"threshold_of"` // which votes
	Total       int64           `json:"total"`
	// Majority is more than half of all seats; null through a filter by region.
	Majority *int64 `json:"majority"`
	// Led are the seats for which somebody leads, Open those for which nobody can be said
	// to: the votes are too close or equal. For Waiting no votes are shown yet. Together
	// they are Total.
	Led        int64            `json:"led"`
	Open       int64            `json:"open"`
	Waiting    int64            `json:"waiting"`
	Candidates []CandidateSeats `json:"candidates"` // those who lead for any, most seats first
}

// CandidateSeats is for how many seats a candidate leads.
type CandidateSeats struct {
	ID    string `json:"id"`
	Seats int64  `json:"seats"`
	Last  *int64 `json:"last,omitempty"` // in the election before; none through a filter by region
}

// given is how the seats of a region, or of the election, are given out.
type given struct {
	total   int64
	by      map[string]int64 // by candidate
	waiting bool             // for votes
}

// led are the seats for which somebody leads.
func (g given) led() (sum int64) {
	for _, n := range g.by {
		sum += n
	}
	return sum
}

// everywhere stands for all regions together.
const everywhere = ""

// giveOut works out the seats of each region, or of all regions together.
func giveOut(e *election.Election, votes *disclosure.Votes) map[string]given {
	all := map[string]given{}
	rule := e.Seats
	switch {
	case rule == nil:
	case rule.Total > 0:
		whole := votes.Through(filter.Filter{})
		all[everywhere] = give(rule, int64(rule.Total), whole, whole)
	default:
		whole, of := votes.Through(filter.Filter{}), votes.InRegions(filter.Filter{})
		for _, g := range e.Regions {
			figure := of[g.ID]
			scope := whole
			if rule.ThresholdOf == election.ScopeRegion {
				scope = figure
			}
			if g.Seats > 0 {
				all[g.ID] = give(rule, int64(g.Seats), figure, scope)
			}
		}
	}
	return all
}

// give gives out seats by a figure. Its candidates need the threshold in another.
func give(rule *election.Seats, seats int64, figure, scope disclosure.Figure) given {
	g := given{total: seats, by: map[string]int64{}, waiting: figure.Votes() == 0}
	by := figure.ByID()
	ids := slices.Sorted(maps.Keys(by))
	c := contest{method: rule.Method, seats: seats, lag: figure.Lag}
	for _, id := range ids {
		c.runners = append(c.runners, runner{by[id], reaches(rule.Bar(), false, scope.Of(id), scope.Votes(), scope.Lag)})
	}
	for i, n := range c.leads() {
		if n > 0 {
			g.by[ids[i]] = n
		}
	}
	return g
}

// seats sums up the seats of the regions that a filter chooses. There are none through a
// filter by time, and where all regions together give them out none of one.
func (p *Publication) seats(f filter.Filter) *Seats {
	rule := p.Election.Seats
	if rule == nil || f.Timed() || rule.Total > 0 && f.Region != nil {
		return nil
	}
	s := &Seats{Method: rule.Method, Threshold: rule.Threshold, ThresholdOf: rule.ThresholdOf, Candidates: []CandidateSeats{}}
	if s.ThresholdOf == "" {
		s.ThresholdOf = election.ScopeElection
	}
	by := map[string]int64{}
	for region, g := range p.given() {
		if region != everywhere && !f.InRegion(region) {
			continue
		}
		led := g.led()
		s.Total += g.total
		s.Led += led
		if g.waiting {
			s.Waiting += g.total
		} else {
			s.Open += g.total - led
		}
		for id, n := range g.by {
			by[id] += n
		}
	}
	if f.Region == nil {
		s.Majority = new(s.Total/2 + 1)
	}
	for _, id := range slices.Sorted(maps.Keys(by)) {
		c := CandidateSeats{ID: id, Seats: by[id]}
		if last := p.Election.Last; last != nil && last.Seats != nil && f.Region == nil {
			c.Last = new(int64(last.Seats[id]))
		}
		s.Candidates = append(s.Candidates, c)
	}
	slices.SortStableFunc(s.Candidates, func(a, b CandidateSeats) int { return cmp.Compare(b.Seats, a.Seats) })
	return s
}
