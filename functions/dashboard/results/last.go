package results

import (
	"cmp"
	"maps"
	"slices"

	"github.com/tallystream/tallystream/functions/dashboard/disclosure"
	"github.com/tallystream/tallystream/functions/dashboard/filter"
	"github.com/tallystream/tallystream/shared/election"
)

// Last is the election before this one, as far as the filter chooses.
type Last struct {
	Name    string   `json:"name"`
	Turnout *float64 `json:"turnout"` // null where nobody knows
	Leader  *string  `json:"leader"`  // id of who had the most votes; null where that is nobody of now
	// Swing is by how much votes have moved from one candidate to the other since: half of the sum
	// of what the one has lost and the other won, in shares. The two are those who are first and
	// second of all votes, whatever the filter. Null where one of them didn't stand then.
	Swing *float64 `json:"swing"`
	From  *string  `json:"from"`
	To    *string  `json:"to"`
}

// wholePast is the result of last time of all regions together.
func wholePast(e *election.Election) *election.Past {
	switch {
	case e.Last == nil:
		return nil
	case e.Last.Sum() > 0:
		return &e.Last.Past
	}
	return sumPast(e, func(election.Region) bool { return true })
}

// sumPast adds up the results of last time of some regions, nil unless there is one of each.
func sumPast(e *election.Election, of func(election.Region) bool) (sum *election.Past) {
	for _, g := range e.Regions {
		switch {
		case !of(g):
		case g.Last == nil:
			return nil
		case sum == nil:
			sum = g.Last
		default:
			sum = new(sum.And(*g.Last))
		}
	}
	return sum
}

// past is the result of last time through a filter, nil where there is none: by time.
func (p *Publication) past(f filter.Filter) *election.Past {
	switch {
	case f.Timed() || p.Election.Last == nil:
		return nil
	case f.Region == nil:
		return wholePast(p.Election)
	}
	return sumPast(p.Election, func(g election.Region) bool { return f.InRegion(g.ID) })
}

// pair are the candidates who are first and second of all votes; empty where there aren't two.
type pair struct{ first, second string }

func pairOf(votes *disclosure.Votes) pair {
	by := votes.Through(filter.Filter{}).ByID()
	list := slices.SortedFunc(maps.Keys(by), func(a, b string) int { return cmp.Or(cmp.Compare(by[b], by[a]), cmp.Compare(a, b)) })
	if len(list) < 2 {
		return pair{}
	}
	return pair{list[0], list[1]}
}

// last compares with last time.
func (p *Publication) last(f filter.Filter) *Last {
	was := p.past(f)
	if was == nil {
		return nil
	}
	l := &Last{Name: p.Election.Last.Name, Turnout: disclosure.Ratio(was.Sum(), was.Registered), Leader: leaderOf(*was)}
	pair := p.pair()
	if l.Swing = swing(*was, p.votes().Through(f), pair); l.Swing != nil {
		l.From, l.To = &pair.second, &pair.first
	}
	return l
}

// compare adds to a place what was there last time.
func (p *Publication) compare(g *Place, was *election.Past, now disclosure.Figure) {
	if was == nil {
		return
	}
	g.LastLeader = leaderOf(*was)
	g.Swing = swing(*was, now, p.pair())
}

// leaderOf is who had the most votes, nil where that was somebody who doesn't stand any more, or
// several had.
func leaderOf(was election.Past) *string {
	most, leader := was.Others, (*string)(nil)
	for id, n := range was.Votes {
		switch {
		case n > most:
			most, leader = n, &id
		case n == most:
			leader = nil
		}
	}
	return leader
}

// swing is by how much votes have moved from the second of a pair to the first.
func swing(was election.Past, now disclosure.Figure, p pair) *float64 {
	toBefore, fromBefore := shareOf(was, p.first), shareOf(was, p.second)
	toNow, fromNow := disclosure.Ratio(now.Of(p.first), now.Votes()), disclosure.Ratio(now.Of(p.second), now.Votes())
	if toBefore == nil || fromBefore == nil || toNow == nil || fromNow == nil {
		return nil
	}
	return new(((*toNow - *toBefore) - (*fromNow - *fromBefore)) / 2)
}

// shareOf is a candidate's share of last time, nil of who didn't stand.
func shareOf(was election.Past, id string) *float64 {
	votes, stood := was.Votes[id]
	if !stood {
		return nil
	}
	return disclosure.Ratio(votes, was.Sum())
}
