package results

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// nights are elections that the model of the estimate doesn't know: 40 regions, each with a
// turnout, a pace and a size of its own. Deviations are standard deviations.
type nights struct {
	swing    float64 // of the change of turnout that all regions have in common
	shocks   bool    // swing has the long tails of Student's t of 3 degrees
	apart    float64 // of a region's change from that
	pace     float64 // of the logarithm of the power of the clock by which all vote
	ownPace  float64 // of a region's from that
	late     float64 // share of regions that vote by the square of it, and
	mood     float64 // the deviation of the change of turnout that these have in common
	sizes    float64 // of the logarithm of a region's size
	together float64 // share of all votes that come when voting ends
}

// TestRangeHoldsOtherNights says how many outcomes the range holds of nights of other kinds, by the share of
// the voting hours that has passed. Each kind has the least of all elections and of a region; api.md tells them.
func TestRangeHoldsOtherNights(t *testing.T) {
	usual := nights{swing: 0.046, apart: 0.03, pace: 0.2, ownPace: 0.2, sizes: 1}
	with := func(change func(*nights)) nights {
		n := usual
		change(&n)
		return n
	}
	for name, tc := range map[string]struct {
		nights
		whole, region float64
	}{
		"as elections were":          {usual, 0.93, 0.93},
		"shocks":                     {with(func(n *nights) { n.shocks = true }), 0.93, 0.93},
		"regions of all sizes":       {with(func(n *nights) { n.sizes = 2 }), 0.93, 0.93},
		"late regions, another mood": {with(func(n *nights) { n.late, n.mood = 0.3, 0.06 }), 0.9, 0.9},
		"regions of their own":       {with(func(n *nights) { n.apart = 0.08 }), 0.93, 0.8},
		"a pace of its own":          {with(func(n *nights) { n.pace = 0.35 }), 0.93, 0.93},
		"a swing of 6 points":        {with(func(n *nights) { n.swing = 0.06 }), 0.88, 0.93},
		"all of it": {with(func(n *nights) {
			n.shocks, n.sizes, n.late, n.mood, n.apart, n.pace = true, 2, 0.3, 0.06, 0.06, 0.35
		}), 0.88, 0.8},
		"a quarter comes at the end": {with(func(n *nights) { n.together = 0.25 }), 0.75, 0.7},
	} {
		for _, region := range []bool{false, true} {
			least, told := tc.whole, ""
			if region {
				least = tc.region
			}
			for _, passed := range []float64{0.2, 0.65, 0.95} {
				r := rand.New(rand.NewPCG(11, 3))
				held := 0
				const tries = 200
				for range tries {
					e, left := tc.one(r, passed, region)
					if x := e.expected(); x == nil || x.Low <= left && left <= x.High {
						held++
					}
				}
				share := float64(held) / tries
				told += fmt.Sprintf(" %.2f", share)
				if share < least {
					t.Errorf("%s, one region %v, after %.2f of the day: the range holds %.3f of the outcomes, want %.2f", name, region, passed, share, least)
				}
			}
			t.Logf("%s, one region %v:%s", name, region, told)
		}
	}
}

// one is a night at a time, of all regions or of one: what the estimate goes by, and how many votes are
// still to come.
func (n nights) one(r *rand.Rand, passed float64, region bool) (e estimate, left int64) {
	swing, mood, pace, was := n.swing*r.NormFloat64(), n.mood*r.NormFloat64(), n.pace*r.NormFloat64(), 0.55+0.2*r.Float64()
	if n.shocks {
		swing /= math.Sqrt(2 * gamma(r, 1.5)) // Student's t with the deviation of the normal distribution
	}
	e = estimate{passed: passed, change: turnoutChange}
	regions := 40
	if region {
		regions, e.change = 1, regionChange
	}
	var last, all float64
	for range regions {
		size := math.Round(20_000 * math.Exp(n.sizes*r.NormFloat64()))
		before := min(0.95, max(0.2, was+0.06*r.NormFloat64()))
		change, power := swing+n.apart*r.NormFloat64(), math.Exp(pace+n.ownPace*r.NormFloat64())
		if r.Float64() < n.late {
			change, power = change+mood, 2*power
		}
		votes := math.Round(size * min(0.97, max(0.05, before+change)))
		e.registered += size
		last += size * before
		all += votes
		e.voted += math.Round(votes * (1 - n.together) * math.Pow(passed, power))
	}
	e.last = last / e.registered
	return e, int64(all - e.voted)
}
