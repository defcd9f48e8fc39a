package disclosure

import (
	"cmp"
	"maps"
	"slices"
)

// Tally is votes by candidate, in the order of the candidates' ids, without
// those that have none. There are thousands of them in every document, which is
// why they are slices and not maps.
type Tally []portion

// portion is the votes of one candidate, by id.
type portion struct {
	candidate string
	votes     int64
}

// Single is the votes of one candidate.
func Single(candidate string, votes int64) Tally { return Tally{{candidate, votes}} }

// Plus adds another tally, taken so many times.
func (t Tally) Plus(other Tally, times int64) Tally {
	sum := make(Tally, 0, max(len(t), len(other)))
	i, j := 0, 0
	for i < len(t) || j < len(other) {
		var next portion
		switch {
		case j == len(other) || i < len(t) && t[i].candidate < other[j].candidate:
			next, i = t[i], i+1
		case i == len(t) || other[j].candidate < t[i].candidate:
			next, j = portion{other[j].candidate, times * other[j].votes}, j+1
		default:
			next, i, j = portion{t[i].candidate, t[i].votes + times*other[j].votes}, i+1, j+1
		}
		if next.votes != 0 {
			sum = append(sum, next)
		}
	}
	return sum
}

// absolute is the sum without signs: by how many votes figures differ.
func (t Tally) absolute() int64 {
	var sum int64
	for _, c := range t {
		sum += max(c.votes, -c.votes)
	}
	return sum
}

// size is the number of ballots that a difference stands for at least: a ballot
// may have come, gone, or changed from one candidate to another.
func (t Tally) size() int64 {
	var come, gone int64
	for _, c := range t {
		come += max(c.votes, 0)
		gone -= min(c.votes, 0)
	}
	return max(come, gone)
}

// Votes is the sum.
func (t Tally) Votes() int64 {
	var sum int64
	for _, c := range t {
		sum += c.votes
	}
	return sum
}

// Of is a candidate's votes.
func (t Tally) Of(candidate string) int64 {
	i, found := slices.BinarySearchFunc(t, candidate, func(c portion, id string) int { return cmp.Compare(c.candidate, id) })
	if !found {
		return 0
	}
	return t[i].votes
}

// ByID is the tally as documents have it.
func (t Tally) ByID() map[string]int64 {
	m := make(map[string]int64, len(t))
	for _, c := range t {
		m[c.candidate] = c.votes
	}
	return m
}

// hourStart is the start of the hour that a time lies in, both in seconds since 1970.
func hourStart(at int64) int64 { return at - at%3600 }

// byVotes are the times of tallies, by their votes, the fewest first, and by time.
func byVotes(tallies map[int64]Tally) []int64 {
	return slices.SortedFunc(maps.Keys(tallies), func(a, b int64) int {
		return cmp.Or(cmp.Compare(tallies[a].Votes(), tallies[b].Votes()), cmp.Compare(a, b))
	})
}
