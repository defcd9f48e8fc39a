package ledger

import (
	"cmp"
	"slices"
)

// date is the day of the election: the configured one, else that of the
// earliest counted vote, else that of the earliest registration, else none.
func (l *Ledger) date(w *windows) string {
	if l.Election.Date != "" {
		return l.Election.Date
	}
	first := w.firstVote
	if first.IsZero() {
		for minute := range w.registered {
			if first.IsZero() || minute.Before(first) {
				first = minute
			}
		}
	}
	if first.IsZero() {
		return ""
	}
	return first.Format("2006-01-02")
}

func (l *Ledger) candidateTotals(w *windows) *Table {
	var all int64
	sums := map[string]tally{}
	for b, n := range w.hours {
		s := sums[b.candidate]
		sums[b.candidate] = tally{s.votes + n.votes, earliest(s.image, n.image)}
		all += n.votes
	}
	known := map[string]Candidate{}
	for _, c := range l.Election.Candidates {
		known[c.ID] = c
		if _, ok := sums[c.ID]; !ok {
			sums[c.ID] = tally{} // a candidate without votes has a row too
		}
	}
	t := newTable("analytics.candidate_totals", "election_date candidate", "name party candidate_image votes share")
	if l.date(w) == "" {
		return t // the ballot waits for a day
	}
	for id, s := range sums {
		c, ok := known[id]
		if !ok {
			c = Candidate{ID: id, Name: id}
		}
		t.add(l.date(w), id, c.Name, optional(c.Party), optional(cmp.Or(c.Image, s.image[min(orderLength, len(s.image)):])), s.votes, ratio(s.votes, all, 0.0))
	}
	return t
}

func (l *Ledger) regionalTurnout(w *windows) *Table {
	registered := map[string]int64{}
	for _, groups := range w.registered {
		for g, n := range groups {
			registered[g.state] += n
		}
	}
	votes := map[string]map[string]int64{}
	for b, n := range w.hours {
		if votes[b.group.state] == nil {
			votes[b.group.state] = map[string]int64{}
		}
		votes[b.group.state][b.candidate] += n.votes
	}
	for _, region := range l.Election.Regions {
		registered[region] += 0 // a region without voters has a row too
	}
	t := newTable("analytics.regional_turnout", "election_date state",
		"registered voted turnout leader leader_votes margin")
	if l.date(w) == "" {
		return t // the regions wait for a day
	}
	for state, electorate := range registered {
		order := ranking(votes[state])
		var voted, first, second int64
		for _, c := range order {
			voted += c.Votes
		}
		var leader any
		if len(order) > 0 {
			leader, first = order[0].Candidate, order[0].Votes
		}
		if len(order) > 1 {
			second = order[1].Votes
		}
		t.add(l.date(w), state, electorate, voted, ratio(voted, electorate, nil), leader, first, first-second)
	}
	return t
}

// ranking orders candidates by votes, equals by id.
func ranking(votes map[string]int64) []Total {
	var order []Total
	for id, n := range votes {
		order = append(order, Total{id, n})
	}
	slices.SortFunc(order, func(a, b Total) int {
		return cmp.Or(cmp.Compare(b.Votes, a.Votes), cmp.Compare(a.Candidate, b.Candidate))
	})
	return order
}

func (l *Ledger) demographicAnalysis(w *windows) *Table {
	type counts struct{ registered, voted int64 }
	sums := map[group]counts{}
	for _, groups := range w.registered {
		for g, n := range groups {
			s := sums[g]
			s.registered += n
			sums[g] = s
		}
	}
	for b, n := range w.hours {
		s := sums[b.group]
		s.voted += n.votes
		sums[b.group] = s
	}
	t := newTable("analytics.demographic_analysis", "election_date state age_group gender",
		"registered voted participation")
	for g, s := range sums {
		t.add(l.date(w), g.state, g.ageGroup, g.gender, s.registered, s.voted, ratio(s.voted, s.registered, nil))
	}
	return t
}

// ratio is part/whole, or otherwise when there is no whole.
func ratio(part, whole int64, otherwise any) any {
	if whole == 0 {
		return otherwise
	}
	return float64(part) / float64(whole)
}
