package election_test

import (
	"math/big"
	"testing"

	"github.com/tallystream/tallystream/shared/election"
)

func TestSeats(t *testing.T) {
	for name, tc := range map[string]struct{ text, problem string }{
		"a seat a region":         {"seats: {method: plurality}\nregions: [{id: a, name: A, seats: 1}, {id: b, name: B, seats: 3}]", ""},
		"electors":                {"seats: {method: plurality, unit: electors}\nregions: [{id: a, name: A, seats: 1}]", ""},
		"all together":            {"seats: {method: sainte_lague, total: 598, threshold: 0.05}", ""},
		"in each region":          {"seats: {method: dhondt, threshold: 0.03, threshold_of: region}\nregions: [{id: a, name: A, seats: 5}]", ""},
		"no seats":                {"seats: {method: dhondt}\nregions: [{id: a, name: A}]", "nobody knows how many there are: give total, or seats to regions"},
		"no method":               {"seats: {total: 5}", `method "": use plurality, dhondt or sainte_lague`},
		"another method":          {"seats: {method: stv, total: 5}", `method "stv": use`},
		"another unit":            {"seats: {method: dhondt, total: 5, unit: chairs}", `unit "chairs": use seats or electors`},
		"both":                    {"seats: {method: dhondt, total: 5}\nregions: [{id: a, name: A, seats: 5}]", "give the one or the other"},
		"by no rule":              {"regions: [{id: a, name: A, seats: 5}]", "regions[0] (a): there are seats, but nothing says how"},
		"fewer than none":         {"seats: {method: dhondt, total: 5}\nregions: [{id: a, name: A, seats: -5}]", "regions[0] (a): -5 seats"},
		"a total fewer than none": {"seats: {method: dhondt, total: -5}", "total is -5"},
		"too many":                {"seats: {method: dhondt, total: 3001}", "there are 3001, and 3000 are the most"},
		"plurality of all":        {"seats: {method: plurality, total: 5}", "total is for dhondt and sainte_lague"},
		"threshold of plurality":  {"seats: {method: plurality, threshold: 0.05}\nregions: [{id: a, name: A, seats: 5}]", "threshold is for dhondt and sainte_lague"},
		"five percent as 5":       {"seats: {method: dhondt, total: 5, threshold: 5}", "threshold is 5: write the share"},
		"no number":               {"seats: {method: dhondt, total: 5, threshold: .nan}", "threshold is NaN: write the share"},
		"of nothing":              {"seats: {method: dhondt, total: 5, threshold_of: region}", "threshold_of is given without a threshold"},
		"of something else":       {"seats: {method: dhondt, total: 5, threshold: 0.05, threshold_of: state}", `threshold_of "state": use election or region`},
		"of regions, by all":      {"seats: {method: dhondt, total: 5, threshold: 0.05, threshold_of: region}", "threshold_of is region, but the seats are given out by the votes of all regions"},
	} {
		parses(t, name, tc.text, tc.problem)
	}
}

// A threshold of 5 % is 1/20, and not the float next to it, which is more.
func TestThresholdIsExact(t *testing.T) {
	s := election.Seats{Threshold: 0.05}
	if s.Bar().Cmp(big.NewRat(1, 20)) != 0 {
		t.Errorf("%v, want 1/20", s.Bar())
	}
}
