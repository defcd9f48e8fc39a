package dashboard

import (
	"cmp"
	"slices"
)

// tally is votes by candidate, in the order of the candidates' ids, without
// those that have none. There are thousands of them in every document, which is
// why they are slices and not maps.
type tally []portion

type portion struct {
	candidate string
	votes     int64
}

// plus returns the sum with another tally taken so many times.
func (t tally) plus(other tally, times int64) tally {
	sum := make(tally, 0, max(len(t), len(other)))
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

// add adds another tally to one that nobody else has: in place, where that has
// every candidate of the other.
func (t *tally) add(other tally) {
	i := 0
	for n, o := range other {
		for i < len(*t) && (*t)[i].candidate < o.candidate {
			i++
		}
		if i == len(*t) || (*t)[i].candidate != o.candidate {
			*t = t.plus(other[n:], 1)
			return
		}
		(*t)[i].votes += o.votes
	}
	none := func(p portion) bool { return p.votes == 0 }
	if slices.ContainsFunc(*t, none) {
		*t = slices.DeleteFunc(*t, none)
	}
}

// size is the number of ballots that a difference stands for at least: a ballot
// may have come, gone, or changed from one candidate to another.
func (t tally) size() int64 {
	var come, gone int64
	for _, c := range t {
		come += max(c.votes, 0)
		gone -= min(c.votes, 0)
	}
	return max(come, gone)
}

func (t tally) negative() bool {
	return slices.ContainsFunc(t, func(c portion) bool { return c.votes < 0 })
}

// votes is the sum.
func (t tally) votes() int64 {
	var sum int64
	for _, c := range t {
		sum += c.votes
	}
	return sum
}

// of is a candidate's votes.
func (t tally) of(candidate string) int64 {
	i, found := slices.BinarySearchFunc(t, candidate, func(c portion, id string) int { return cmp.Compare(c.candidate, id) })
	if !found {
		return 0
	}
	return t[i].votes
}

// byID is the tally as documents have it.
func (t tally) byID() map[string]int64 {
	m := make(map[string]int64, len(t))
	for _, c := range t {
		m[c.candidate] = c.votes
	}
	return m
}

// cells are the tallies of one region by the start of their minute or hour, in
// seconds since 1970 and in that order. Nobody changes them once they are
// published.
type cells []cell

type cell struct {
	at int64
	tally
}

// count adds votes of a candidate at a time, which is that of the last cell or
// later.
func (c *cells) count(at int64, candidate string, votes int64) {
	if votes == 0 {
		return
	}
	if n := len(*c); n == 0 || (*c)[n-1].at != at {
		*c = append(*c, cell{at: at})
	}
	last := &(*c)[len(*c)-1].tally
	if n := len(*last); n == 0 || (*last)[n-1].candidate < candidate {
		*last = append(*last, portion{candidate, votes})
		return
	}
	last.add(tally{{candidate, votes}})
}

// folded adds up the minutes before a time, which are kept as hours from now on.
func (c cells) folded(minutes int64) cells {
	if len(c) == 0 || c[len(c)-1].at < minutes && !slices.ContainsFunc(c, func(c cell) bool { return c.at != hourOfCell(c.at) }) {
		return c
	}
	all := make(cells, 0, len(c))
	for _, one := range c {
		if one.at < minutes {
			one.at = hourOfCell(one.at)
		}
		if n := len(all); n > 0 && all[n-1].at == one.at {
			all[n-1].tally = all[n-1].plus(one.tally, 1)
			continue
		}
		all = append(all, one)
	}
	return all
}

// hourOfCell is the start of the hour that a time lies in.
func hourOfCell(at int64) int64 { return at - at%3600 }
