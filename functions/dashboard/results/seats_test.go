package results

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tallystream/tallystream/functions/dashboard/disclosure"
	"github.com/tallystream/tallystream/functions/dashboard/filter"
	"github.com/tallystream/tallystream/functions/dashboard/internal/sample"
	"github.com/tallystream/tallystream/shared/countstate"
	"github.com/tallystream/tallystream/shared/election"
)

// seated is an election whose regions have seats: 3 of Texas, 2 of Vermont, 1 of Wyoming.
func seated(t *testing.T, rule election.Seats) Rules {
	t.Helper()
	c := testRules(t)
	c.Election.Seats = &rule
	if rule.Total == 0 {
		seats := map[string]int{"TX": 3, "VT": 2, "WY": 1}
		for i, g := range c.Election.Regions {
			c.Election.Regions[i].Seats = seats[g.ID]
		}
	}
	if err := c.Election.Validate(); err != nil {
		t.Fatal(err)
	}
	return c
}

func TestSeatsOfAnElection(t *testing.T) {
	texas, from := "TX", sample.At("2026-11-03T14:00:00Z")
	election6 := func(s Seats) *Seats {
		s.Total, s.Majority = 6, new(int64(4))
		return &s
	}
	for name, tc := range map[string]struct {
		rule election.Seats
		f    filter.Filter
		want *Seats
	}{
		"plurality": {election.Seats{Method: election.Plurality}, filter.Filter{}, election6(Seats{
			Led: 5, Waiting: 1, Candidates: []CandidateSeats{{ID: "rivera", Seats: 3}, {ID: "chen", Seats: 2}},
		})},
		"in proportion, with three equal quotients": {election.Seats{Method: election.DHondt}, filter.Filter{}, election6(Seats{
			Led: 4, Open: 1, Waiting: 1, Candidates: []CandidateSeats{{ID: "chen", Seats: 2}, {ID: "rivera", Seats: 2}},
		})},
		"of a region": {election.Seats{Method: election.DHondt}, filter.Filter{Region: &texas}, &Seats{
			Total: 3, Led: 3, Candidates: []CandidateSeats{{ID: "rivera", Seats: 2}, {ID: "chen", Seats: 1}},
		}},
		"with a threshold of each region": {
			election.Seats{Method: election.DHondt, Threshold: 0.26, ThresholdOf: election.ScopeRegion}, filter.Filter{Region: &texas},
			&Seats{Total: 3, Led: 3, Threshold: 0.26, ThresholdOf: election.ScopeRegion, Candidates: []CandidateSeats{{ID: "rivera", Seats: 3}}},
		},
		"with a threshold of the election": {
			election.Seats{Method: election.DHondt, Threshold: 0.26}, filter.Filter{Region: &texas},
			&Seats{Total: 3, Led: 3, Threshold: 0.26, Candidates: []CandidateSeats{{ID: "rivera", Seats: 2}, {ID: "chen", Seats: 1}}},
		},
		"all regions together": {
			election.Seats{Method: election.DHondt, Total: 10, Threshold: 0.25}, filter.Filter{},
			&Seats{Total: 10, Majority: new(int64(6)), Led: 10, Threshold: 0.25, Candidates: []CandidateSeats{{ID: "rivera", Seats: 6}, {ID: "chen", Seats: 4}}},
		},
		"all regions together, of one": {election.Seats{Method: election.DHondt, Total: 10}, filter.Filter{Region: &texas}, nil},
		"by time":                      {election.Seats{Method: election.Plurality}, filter.Filter{From: &from}, nil},
	} {
		c := seated(t, tc.rule)
		s := sample.Small()
		got := c.Publication(s, c.State(s, sample.At("2026-11-03T14:05:30Z"))).Through(tc.f).Seats
		if tc.want != nil {
			tc.want.Method = tc.rule.Method
			if tc.want.ThresholdOf == "" {
				tc.want.ThresholdOf = election.ScopeElection
			}
		}
		if diff := cmp.Diff(tc.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// While votes are counted, seats claim no more than who leads does, and they add up.
func TestSeatsClaimNoMoreThanTheVotes(t *testing.T) {
	for _, method := range []election.Method{election.Plurality, election.DHondt, election.SainteLague} {
		c := seated(t, election.Seats{Method: method})
		open := int64(0)
		for _, progress := range []float64{0, 0.05, 0.2, 0.5, 1} {
			s := sample.Simulate(c.Election, 4000, progress)
			counting := c.Publication(s, countstate.State{Name: countstate.Counting}).Through(filter.Filter{})
			exact := c.Publication(s, countstate.State{Name: countstate.Complete}).Through(filter.Filter{})
			finally := map[string]map[string]int64{}
			for _, g := range exact.Regions {
				finally[g.State] = g.SeatsLed
			}
			for _, r := range []*Document{counting, exact} {
				if r.Seats.Led+r.Seats.Open+r.Seats.Waiting != 6 || r.Seats.Total != 6 {
					t.Errorf("%s, %v: %+v doesn't add up to 6", method, progress, r.Seats)
				}
			}
			open += counting.Seats.Open + counting.Seats.Waiting
			for _, g := range counting.Regions {
				if method == election.Plurality && (len(g.SeatsLed) > 0) != (g.Race == disclosure.RaceLeads && g.Seats > 0) {
					t.Errorf("%v: %s has seats for %v, and the race is %s", progress, g.State, g.SeatsLed, g.Race)
				}
				for id, n := range g.SeatsLed {
					if finally[g.State][id] < n {
						t.Errorf("%s, %v: %s leads for %d of %s, and what is counted gives %d", method, progress, id, n, g.State, finally[g.State][id])
					}
				}
			}
		}
		if open == 0 {
			t.Errorf("%s: no seat was ever open", method)
		}
	}
}
