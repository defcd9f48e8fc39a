package results

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/tallystream/tallystream/functions/dashboard/filter"
	"github.com/tallystream/tallystream/functions/dashboard/internal/sample"
)

// gamma draws from a gamma distribution of the shape given and scale 1 (Marsaglia and Tsang 2000).
func gamma(r *rand.Rand, shape float64) float64 {
	if shape < 1 {
		return gamma(r, shape+1) * math.Pow(r.Float64(), 1/shape)
	}
	d := shape - 1.0/3
	for {
		x := r.NormFloat64()
		v := math.Pow(1+x/math.Sqrt(9*d), 3)
		if v > 0 && math.Log(1-r.Float64()) < x*x/2+d-d*v+d*math.Log(v) {
			return d * v
		}
	}
}

// TestRangeHoldsWhatComes simulates nights: a turnout that differs from last time's, and voters
// who come earlier or later than the clock says. The range holds as many of the outcomes as it
// claims, within what chance does to so many nights (four standard deviations of a binomial
// distribution).
func TestRangeHoldsWhatComes(t *testing.T) {
	const nights = 2000
	for name, knows := range map[string]struct{ last, pace bool }{"last time and the pace": {true, true}, "last time": {true, false}, "the pace": {false, true}} {
		t.Run(name, func(t *testing.T) {
			r := rand.New(rand.NewPCG(2026, 11))
			held := 0
			for range nights {
				e := estimate{registered: 40_000 + float64(r.IntN(1_000_000)), change: turnoutChange}
				turnout := 1 - r.Float64() // any alike
				if knows.last {
					e.last = 0.3 + 0.5*r.Float64()
					for turnout = 2; turnout <= 0 || turnout > 1; {
						turnout = e.last + turnoutChange*r.NormFloat64()
					}
				}
				all := math.Round(e.registered * turnout)
				if knows.pace {
					e.passed = 0.02 + 0.96*r.Float64()
					a, b := gamma(r, paceWeight*e.passed), gamma(r, paceWeight*(1-e.passed))
					if r.Float64() < unknownPace {
						a = r.Float64()
						b = 1 - a
					}
					e.voted = math.Round(all * a / (a + b))
				}
				x := e.expected()
				if x == nil { // nobody has voted yet
					held++
					continue
				}
				if x.Low > x.Votes || x.Votes > x.High || x.Low < 0 || float64(x.High) > e.registered-e.voted+1 {
					t.Fatalf("of %+v: %+v", e, x)
				}
				if left := int64(all - e.voted); x.Low <= left && left <= x.High {
					held++
				}
			}
			share, chance := float64(held)/nights, 4*math.Sqrt(expectedLevel*(1-expectedLevel)/nights)
			if math.Abs(share-expectedLevel) > chance {
				t.Errorf("the range holds %.3f of the outcomes, want %.2f ± %.3f", share, expectedLevel, chance)
			}
		})
	}
}

// TestRangeHoldsRealElections goes by what the French ministry of the interior published of
// presidential elections: the turnout of the round of five years before, that at noon and at 17:00
// of polls from 8:00 to 19:00, and in the end.
func TestRangeHoldsRealElections(t *testing.T) {
	const registered = 1_000_000
	for name, r := range map[string]struct{ last, noon, five, end float64 }{
		"2017, first round":  {0.7948, 0.2854, 0.6942, 0.7777},
		"2017, second round": {0.8035, 0.2823, 0.6530, 0.7456},
		"2022, first round":  {0.7777, 0.2548, 0.6500, 0.7369},
		"2022, second round": {0.7456, 0.2641, 0.6323, 0.7199},
	} {
		for passed, voted := range map[float64]float64{4.0 / 11: r.noon, 9.0 / 11: r.five} {
			x := estimate{registered: registered, voted: voted * registered, passed: passed, last: r.last, change: turnoutChange}.expected()
			if left := int64((r.end - voted) * registered); left < x.Low || left > x.High {
				t.Errorf("%s, after %.2f of the day: %d were to come, and the range was %d to %d", name, passed, left, x.Low, x.High)
			}
		}
	}
}

// TestExpectedOfAnElection asks at moments of a voting day, and through filters.
func TestExpectedOfAnElection(t *testing.T) {
	rules := testRules(t)
	rules.Election = sample.Example(t, "mayor")
	at := func(progress float64) *Publication {
		s := sample.Simulate(rules.Election, 4000, progress)
		return rules.Publication(s, rules.State(s, rules.Election.Opens.Add(time.Hour)))
	}
	half := at(0.5)
	whole := half.Through(filter.Filter{}).Totals
	if x := whole.Expected; x == nil || !x.Last || !x.Pace || x.Votes <= 0 || x.High > whole.Registered-whole.Votes+1 {
		t.Errorf("in the middle of the day %+v are expected, of %+v", x, whole)
	}
	region := rules.Election.Regions[0].ID
	if x := half.Through(filter.Filter{Region: &region}).Totals.Expected; x == nil || x.High >= whole.Expected.High {
		t.Errorf("of one region %+v are expected, of all %+v", x, whole.Expected)
	}
	from := rules.Election.Opens
	if x := half.Through(filter.Filter{From: &from}).Totals.Expected; x != nil {
		t.Errorf("%+v are expected through a filter by time", x)
	}
	if early := at(0.2).Through(filter.Filter{}).Totals.Expected; early == nil || early.High-early.Low <= whole.Expected.High-whole.Expected.Low {
		t.Errorf("early in the day %+v are expected, later %+v: want a wider range", early, whole.Expected)
	}
	closed := rules.Election.Closes
	if x := half.expected(filter.Filter{}, whole, &closed); x != nil {
		t.Errorf("%+v are expected after the closing time", x)
	}
	rules.Election.Last = nil
	if x := half.Through(filter.Filter{}).Totals.Expected; x == nil || x.Last || !x.Pace {
		t.Errorf("without an election before, %+v are expected", x)
	}
	rules.Election.Opens, rules.Election.Closes = time.Time{}, time.Time{}
	if x := half.Through(filter.Filter{}).Totals.Expected; x != nil {
		t.Errorf("%+v are expected from nothing", x)
	}
}
