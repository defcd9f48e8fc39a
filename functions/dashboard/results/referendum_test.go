package results

import (
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tallystream/tallystream/functions/dashboard/filter"
	"github.com/tallystream/tallystream/functions/dashboard/internal/sample"
	"github.com/tallystream/tallystream/shared/election"
)

func TestReferendum(t *testing.T) {
	c := testRules(t) // 200 are registered, 100 have voted, 30 of them for chen
	texas := "TX"
	for name, tc := range map[string]struct {
		rule election.Referendum
		f    filter.Filter
		want *Referendum
	}{
		"without conditions": {election.Referendum{}, filter.Filter{}, &Referendum{Conditions: []Condition{}}},
		"all of them": {election.Referendum{Answer: "chen", Majority: 0.6, Turnout: 0.5, OfRegistered: 0.16}, filter.Filter{}, &Referendum{
			Answer: new("chen"), Conditions: []Condition{
				{NeedsMajority, 0.6, new(0.3), 30, 31, ConditionUnmet},
				{NeedsTurnout, 0.5, new(0.5), 100, 0, ConditionMet},
				{NeedsRegistered, 0.16, new(0.15), 30, 2, ConditionUnmet},
			},
		}},
		"exactly a half isn't more": {election.Referendum{Answer: "rivera"}, filter.Filter{}, &Referendum{
			Answer: new("rivera"), Conditions: []Condition{{NeedsMajority, 0.5, new(0.5), 50, 1, ConditionUnmet}},
		}},
		"of one region": {election.Referendum{Answer: "chen", Turnout: 0.4}, filter.Filter{Region: &texas}, &Referendum{
			Answer: new("chen"), Conditions: []Condition{},
		}},
	} {
		tc.rule.Question, tc.want.Question = "Shall we?", "Shall we?"
		c.Election.Referendum = &tc.rule
		s := sample.Small()
		got := c.Publication(s, c.State(s, sample.At("2026-11-03T14:05:30Z"))).Through(tc.f).Referendum
		if diff := cmp.Diff(tc.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// What is said of a share holds whatever ballots come and go within the lag.
func TestSharesClaimNothingThatCouldChange(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	seen := map[certainty]int{}
	for range 5000 {
		share, more := big.NewRat(1+rng.Int64N(95), 100), rng.IntN(2) == 0
		whole := 1 + rng.Int64N(300)
		part, lag := rng.Int64N(whole+1), rng.Int64N(20)
		said := reaches(share, more, part, whole, lag)
		seen[said]++
		for range 20 {
			then, all := part, whole
			kind := rng.IntN(5)
			for range lag {
				way := kind // all of one kind, which is worst, or any
				if kind == 4 {
					way = rng.IntN(4)
				}
				switch {
				case way == 0: // one more for the part
					then, all = then+1, all+1
				case way == 1: // one more for the rest
					all++
				case way == 2 && then > 0:
					then, all = then-1, all-1
				case way == 3 && all > then:
					all--
				}
			}
			now := reaches(share, more, then, all, 0)
			if said == surely && now == never || said == never && now == surely {
				t.Fatalf("%d of %d with a lag of %d is said to reach %v: %d, and with %d of %d it is %d", part, whole, lag, share, said, then, all, now)
			}
			if all > 0 && then > 0 && now == perhaps {
				t.Fatalf("whether %d of %d reaches %v is known", then, all, share)
			}
		}
	}
	for _, one := range []certainty{surely, perhaps, never} {
		if seen[one] < 100 {
			t.Errorf("%d was said %d times only", one, seen[one])
		}
	}
}
