package results

import (
	"math"
	"time"

	"github.com/tallystream/tallystream/functions/dashboard/filter"
)

// Expected is an estimate of the votes that are still to be cast: the median, and the range
// that holds what comes with a probability of Level.
type Expected struct {
	Votes int64   `json:"votes"`
	Low   int64   `json:"low"`
	High  int64   `json:"high"`
	Level float64 `json:"level"`
	// Last and Pace say what it is estimated from: the turnout of last time, and how much of
	// the voting hours has passed.
	Last bool `json:"last"`
	Pace bool `json:"pace"`
}

const (
	// expectedLevel is the probability of the range.
	expectedLevel = 0.9
	// turnoutChange is the standard deviation of the change of turnout from one election to the
	// next, in shares of the registered voters. Root mean squares of general elections are 4.6
	// points in Germany (2005 to 2025) and 5.7 in the United Kingdom (1997 to 2024; 3.7 without the
	// fall of 2001).
	turnoutChange = 0.06
	// regionChange is the same of a region or an area: the root of the squares of that and of
	// some five points by which a region's change differs from the whole.
	regionChange = 0.08
	// paceWeight is how closely votes follow the clock: the share of all votes that is cast by a
	// share s of the voting hours has a beta distribution of mean s and variance
	// s(1-s)/(paceWeight+1). In four rounds of French presidential elections (2017 and 2022) the
	// share differed from s by 2 points or fewer at noon, and by 6 to 8 at 17:00; this permits
	// 9.6 and 7.7 as standard deviations.
	paceWeight = 24
	// unknownPace is the probability that votes don't follow the clock at all, as postal ones that
	// come together: then the share of all votes that is cast by any time is one as likely as
	// another.
	unknownPace = 0.2
	// turnoutSteps are the turnouts that are weighed.
	turnoutSteps = 1000
)

// expected estimates the votes still to be cast of those that a filter chooses. It is nil
// through a filter by time, where nothing is known to go by, and when voting is over: what is
// still to come then has been cast.
func (p *Publication) expected(f filter.Filter, t Totals, watermark *time.Time) *Expected {
	if p.exact() || f.Timed() || t.Registered <= 0 || t.Votes > t.Registered {
		return nil
	}
	passed := p.passed(watermark)
	if passed >= 1 {
		return nil
	}
	e := estimate{registered: float64(t.Registered), voted: float64(t.Votes), passed: passed, change: turnoutChange}
	if f.Region != nil {
		e.change = regionChange
	}
	if was := p.past(f); was != nil && was.Registered > 0 {
		e.last = min(float64(was.Sum())/float64(was.Registered), 1)
	}
	return e.expected()
}

// passed is the share of the voting hours that has passed at a time; 0 where that isn't known.
func (p *Publication) passed(at *time.Time) float64 {
	e := p.Election
	if at == nil || !e.HasHours() || at.Before(e.Opens) {
		return 0
	}
	return float64(at.Sub(e.Opens)) / float64(e.Closes.Sub(e.Opens))
}

// estimate is what the votes still to come are estimated from.
type estimate struct {
	registered, voted float64 // voters
	passed            float64 // share of the voting hours; 0 where it isn't known
	last              float64 // turnout of last time; 0 where it isn't known
	change            float64 // standard deviation of the turnout
}

// expected weighs each turnout that may come in the end, from what has voted to everybody, by
// Bayes' rule: how likely it is after last time's (a normal distribution, or any turnout alike),
// times how likely it then is that so many have voted by now (a beta distribution, or any share alike).
func (e estimate) expected() *Expected {
	usesPace := e.passed > 0 && e.voted > 0
	if !usesPace && e.last == 0 {
		return nil
	}
	weights, sum := [turnoutSteps]float64{}, 0.0
	most, beta := math.Inf(-1), 0.0
	if usesPace {
		beta = logBeta(paceWeight*e.passed, paceWeight*(1-e.passed))
	}
	for i := range weights {
		weights[i] = e.logWeight(i, usesPace, beta)
		most = max(most, weights[i])
	}
	for i, w := range weights {
		weights[i] = math.Exp(w - most)
		sum += weights[i]
	}
	votes := func(share float64) float64 { // quantile
		upto := 0.0
		for i, w := range weights {
			if upto += w; upto >= share*sum {
				return e.turnout(i)*e.registered - e.voted
			}
		}
		return e.registered - e.voted
	}
	return &Expected{
		Votes: int64(math.Round(votes(0.5))),
		Low:   int64(math.Floor(votes((1 - expectedLevel) / 2))),
		High:  int64(math.Ceil(votes((1 + expectedLevel) / 2))),
		Level: expectedLevel, Last: e.last > 0, Pace: usesPace,
	}
}

// step is a number from 0 to 1. Turnouts lie closest beside what has voted, where most of the
// weight is at the end of the day.
func step(i int) float64 { return (float64(i) + 0.5) / turnoutSteps }

// turnout is one that may be the last.
func (e estimate) turnout(i int) float64 {
	voted := e.voted / e.registered
	return voted + (1-voted)*math.Pow(step(i), 3)
}

// logWeight is the logarithm of the probability of a turnout and those between it and the
// next, but for what is the same for all. beta is logBeta of the pace.
func (e estimate) logWeight(i int, usesPace bool, beta float64) float64 {
	t := e.turnout(i)
	w := 2 * math.Log(step(i)) // as far as turnouts lie apart
	if e.last > 0 {
		w -= math.Pow((t-e.last)/e.change, 2) / 2
	}
	if usesPace {
		by := e.voted / e.registered / t // the share of all votes that is cast
		follows := math.Exp((paceWeight*e.passed-1)*math.Log(by) + (paceWeight*(1-e.passed)-1)*math.Log1p(-by) - beta)
		w += math.Log((1-unknownPace)*follows+unknownPace) - math.Log(t)
	}
	return w
}

// logBeta is the logarithm of the beta function.
func logBeta(a, b float64) float64 {
	x, _ := math.Lgamma(a)
	y, _ := math.Lgamma(b)
	both, _ := math.Lgamma(a + b)
	return x + y - both
}
