package results

import (
	"slices"

	"github.com/tallystream/tallystream/shared/election"
)

// contest is what seats are given out by.
type contest struct {
	method election.Method
	seats  int64
	// runners are who may get some, in any order.
	runners []runner
	// lag is by how many ballots the votes may differ from what is counted: each ballot
	// may have gone from one runner, or come to one.
	lag int64
}

// runner is a candidate of a contest.
type runner struct {
	votes int64
	over  certainty // the threshold
}

// leads says for each runner how many seats the votes give, whatever they lag by and
// however equal quotients are decided: as many as are certain. The others, up to the seats of the
// contest, nobody can be said to lead for. It is a pure function.
func (c contest) leads() []int64 {
	sure := make([]int64, len(c.runners))
	if c.method == election.Plurality {
		if first, margin := c.first(); margin > c.lag {
			sure[first] = c.seats
		}
		return sure
	}
	for i := range c.runners {
		for c.certain(i, sure[i]+1) {
			sure[i]++
		}
	}
	return sure
}

// first is a runner with the most votes, and by how many they are more than those of any other.
func (c contest) first() (first int, margin int64) {
	var most, second int64
	for i, r := range c.runners {
		if r.votes > most {
			first, most, second = i, r.votes, most
		} else {
			second = max(second, r.votes)
		}
	}
	return first, most - second
}

// divisor is what votes are divided by for the n-th seat, from 1.
func (c contest) divisor(n int64) int64 {
	if c.method == election.SainteLague {
		return 2*n - 1
	}
	return n
}

// certain says whether a runner has the n-th seat, whatever the votes lag by.
//
// The runner has it unless the others have more than seats-n quotients that are at least as
// large as the runner's n-th. The worst that may be is that all ballots of the lag have
// gone from the runner, and that as many have come to the others where it takes the fewest:
// more than can be, so nothing that is called certain isn't.
// All quotients are multiplied by the runner's divisor, to remain whole.
func (c contest) certain(i int, n int64) bool {
	votes := c.runners[i].votes - c.lag
	if n > c.seats || votes <= 0 || c.runners[i].over != surely {
		return false
	}
	d := c.divisor(n)
	spare := c.seats - n                          // quotients that the others may have
	var missing []int64                           // to each other's next quotient, times d
	step := votes * (c.divisor(2) - c.divisor(1)) // from a quotient to the next, times d
	for j, other := range c.runners {
		if j == i || other.over == never {
			continue
		}
		have := c.reached(other.votes*d, votes)
		if spare -= have; spare < 0 {
			return false
		}
		missing = append(missing, votes*c.divisor(have+1)-other.votes*d)
	}
	// The cheapest way to one quotient more than are to spare: the next one of each, as far as
	// they go, and then again and again one step.
	slices.Sort(missing)
	var cost int64
	for k := range spare + 1 {
		switch {
		case len(missing) == 0:
			return true
		case k < int64(len(missing)):
			cost += missing[k]
		default:
			cost += step
		}
		if cost > c.lag*d {
			return true
		}
	}
	return false
}

// reached is how many of a runner's quotients are at least as large as a level: as many
// as votes/level allow. Votes and level are whole.
func (c contest) reached(votes, level int64) int64 {
	whole := votes / level
	if c.method == election.SainteLague {
		return (whole + 1) / 2
	}
	return whole
}
