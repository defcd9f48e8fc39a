package results

import (
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tallystream/tallystream/shared/election"
)

func contestOf(method election.Method, seats, lag int64, votes ...int64) contest {
	c := contest{method: method, seats: seats, lag: lag}
	for _, v := range votes {
		c.runners = append(c.runners, runner{votes: v})
	}
	return c
}

// Examples that others have published with their results.
func TestSeatsAsPublished(t *testing.T) {
	for name, tc := range map[string]struct {
		c    contest
		want []int64
	}{
		// https://en.wikipedia.org/wiki/D%27Hondt_method#Example
		"d'Hondt, 8 seats": {contestOf(election.DHondt, 8, 0, 100_000, 80_000, 30_000, 20_000), []int64{4, 3, 1, 0}},
		// https://en.wikipedia.org/wiki/Sainte-Lagu%C3%AB_method#Example
		"Sainte-Laguë, 8 seats": {contestOf(election.SainteLague, 8, 0, 100_000, 80_000, 30_000, 20_000), []int64{3, 3, 1, 1}},
		// https://en.wikipedia.org/wiki/Sainte-Lagu%C3%AB_method, the second one
		"Sainte-Laguë, 7 seats": {contestOf(election.SainteLague, 7, 0, 53_000, 24_000, 23_000), []int64{3, 2, 2}},
		"d'Hondt, 7 seats":      {contestOf(election.DHondt, 7, 0, 53_000, 24_000, 23_000), []int64{4, 2, 1}},
		"plurality":             {contestOf(election.Plurality, 40, 0, 53_000, 24_000, 23_000), []int64{40, 0, 0}},
	} {
		if diff := cmp.Diff(tc.want, tc.c.leads()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// A seat that nobody certainly leads for is given to nobody.
func TestTiesAndWhatIsNotShown(t *testing.T) {
	excludes := contestOf(election.DHondt, 3, 0, 100, 60, 5)
	excludes.runners[1].over = never
	undecided := contestOf(election.DHondt, 3, 0, 100, 60, 5)
	undecided.runners[1].over = perhaps
	for name, tc := range map[string]struct {
		c    contest
		want []int64
	}{
		"nobody runs":                            {contestOf(election.DHondt, 3, 0), []int64{}},
		"no votes":                               {contestOf(election.DHondt, 3, 0, 0, 0), []int64{0, 0}},
		"no votes, plurality":                    {contestOf(election.Plurality, 3, 0, 0, 0), []int64{0, 0}},
		"one runs":                               {contestOf(election.SainteLague, 3, 0, 9), []int64{3}},
		"two are equal, three seats":             {contestOf(election.DHondt, 3, 0, 50, 50), []int64{1, 1}},
		"two are equal, plurality":               {contestOf(election.Plurality, 3, 0, 50, 50, 20), []int64{0, 0, 0}},
		"quotients are equal":                    {contestOf(election.DHondt, 2, 0, 60, 30), []int64{1, 0}},
		"plurality, the lag decides":             {contestOf(election.Plurality, 5, 10, 50, 40), []int64{0, 0}},
		"plurality, the lag doesn't":             {contestOf(election.Plurality, 5, 9, 50, 40), []int64{5, 0}},
		"d'Hondt, the lag decides the last":      {contestOf(election.DHondt, 2, 3, 62, 30), []int64{1, 0}},
		"d'Hondt, it decides nothing":            {contestOf(election.DHondt, 3, 3, 100, 80), []int64{2, 1}},
		"one is below the threshold":             {excludes, []int64{3, 0, 0}},
		"one is over the threshold, or below it": {undecided, []int64{2, 0, 0}},
	} {
		if diff := cmp.Diff(tc.want, tc.c.leads()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// quotient is one that competes for a seat.
type quotient struct {
	runner int
	size   *big.Rat
}

// highest is the rule as laws state it, written independently: the seats go to the largest
// quotients. Seats for which equal quotients compete aren't given.
func highest(method election.Method, seats int64, votes []int64) []int64 {
	var all []quotient
	for i, v := range votes {
		for n := range seats {
			divisor := n + 1
			if method == election.SainteLague {
				divisor = 2*n + 1
			}
			if v > 0 {
				all = append(all, quotient{i, big.NewRat(v, divisor)})
			}
		}
	}
	slices.SortStableFunc(all, func(a, b quotient) int { return b.size.Cmp(a.size) })
	got := make([]int64, len(votes))
	for i, q := range all[:min(int(seats), len(all))] {
		// An equal quotient beyond the last seat competes for this one.
		if len(all) > int(seats) && all[seats].size.Cmp(q.size) == 0 {
			break
		}
		got[all[i].runner]++
	}
	return got
}

var proportional = []election.Method{election.DHondt, election.SainteLague}

func randomContest(rng *rand.Rand, method election.Method) contest {
	c := contest{method: method, seats: 1 + rng.Int64N(30)}
	for range 1 + rng.IntN(8) {
		c.runners = append(c.runners, runner{votes: rng.Int64N(1 + rng.Int64N(2000))})
	}
	return c
}

func votesOf(c contest) (votes []int64) {
	for _, r := range c.runners {
		votes = append(votes, r.votes)
	}
	return votes
}

// Where everything is shown, seats are those of the largest quotients.
func TestSeatsAreThoseOfTheHighestAverages(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	tied := 0
	for range 4000 {
		c := randomContest(rng, proportional[rng.IntN(2)])
		got, want := c.leads(), highest(c.method, c.seats, votesOf(c))
		if !slices.Equal(got, want) {
			t.Fatalf("%+v gives %v, want %v", c, got, want)
		}
		if sum(got) < c.seats && sum(votesOf(c)) > 0 {
			tied++
		}
	}
	if tied < 10 {
		t.Errorf("only %d of the contests had ties", tied)
	}
}

// Whatever ballots come and go within the lag, nobody gets fewer seats than were certain.
func TestNothingThatIsCertainIsLost(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	var certain, all int64
	for range 3000 {
		method := []election.Method{election.DHondt, election.SainteLague, election.Plurality}[rng.IntN(3)]
		c := randomContest(rng, method)
		c.lag = rng.Int64N(60)
		sure := c.leads()
		certain, all = certain+sum(sure), all+c.seats
		if sum(sure) > c.seats {
			t.Fatalf("%+v gives %v, more than there are", c, sure)
		}
		for range 20 {
			then := changed(rng, c)
			got := then.leads()
			for i := range sure {
				if got[i] < sure[i] {
					t.Fatalf("%+v is certain of %v; with the votes %v it gives %v", c, sure, votesOf(then), got)
				}
			}
		}
	}
	if certain < all/3 {
		t.Errorf("%d of %d seats are certain: hardly any", certain, all)
	}
}

// changed is a contest after ballots were added and withdrawn, at most as many as it lags by.
func changed(rng *rand.Rand, c contest) contest {
	then := contest{method: c.method, seats: c.seats, runners: slices.Clone(c.runners)}
	one, other := rng.IntN(len(c.runners)), rng.IntN(len(c.runners))
	for left := c.lag; left > 0; left-- {
		i := one // mostly the worst case: all are withdrawn from one
		if rng.IntN(4) == 0 {
			i = rng.IntN(len(c.runners))
		}
		switch {
		case rng.IntN(2) == 0:
			then.runners[other].votes++
		case then.runners[i].votes > 0:
			then.runners[i].votes--
		}
	}
	return then
}

// Nobody loses a seat when there are more seats, or when they get more votes.
func TestSeatsGrowWithVotesAndSeats(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	for range 2000 {
		c := randomContest(rng, proportional[rng.IntN(2)])
		before := highest(c.method, c.seats, votesOf(c))
		i := rng.IntN(len(c.runners))
		more := contest{method: c.method, seats: c.seats, runners: slices.Clone(c.runners)}
		more.runners[i].votes += 1 + rng.Int64N(100)
		if after := more.leads(); after[i] < before[i] {
			t.Fatalf("%+v: %d with more votes gets %d, had %d", c, i, after[i], before[i])
		}
		double := contest{method: c.method, seats: c.seats, runners: slices.Clone(c.runners)}
		for j := range double.runners {
			double.runners[j].votes *= 2
		}
		if after := double.leads(); !slices.Equal(after, before) {
			t.Fatalf("%+v: twice the votes give %v, not %v", c, after, before)
		}
	}
}

func sum(list []int64) (all int64) {
	for _, n := range list {
		all += n
	}
	return all
}

func TestThreshold(t *testing.T) {
	five := big.NewRat(1, 20)
	for name, tc := range map[string]struct {
		bar             *big.Rat
		votes, all, lag int64
		want            certainty
	}{
		"none":                  {new(big.Rat), 0, 100, 0, surely},
		"exactly":               {five, 5, 100, 0, surely},
		"one fewer":             {five, 4, 99, 0, never},
		"no votes":              {five, 0, 0, 0, perhaps},
		"the lag may lift it":   {five, 4, 100, 2, perhaps},
		"the lag may sink it":   {five, 6, 100, 2, perhaps},
		"whatever isn't shown":  {five, 20, 100, 2, surely},
		"whatever isn't shown,": {five, 1, 100, 2, never},
	} {
		if got := reaches(tc.bar, false, tc.votes, tc.all, tc.lag); got != tc.want {
			t.Errorf("%s: %v, want %v", name, got, tc.want)
		}
	}
}
