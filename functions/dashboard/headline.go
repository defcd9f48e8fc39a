package dashboard

import (
	"math"
	"strings"
)

// headline is the state of the count as one sentence, which is also what a
// screen reader announces. It claims nothing that votes which aren't shown by
// candidate can change, and never calls a winner: who has most votes isn't
// always who is elected.
func headline(r *Results) string {
	t := r.Totals
	say := func(key string, pairs ...any) string {
		reach := words.say(words.exactly("headline.reach", r.Exact), "reach", reach(t))
		return words.say(words.exactly("headline."+key, r.Exact), append(pairs, "reach", reach)...)
	}
	switch {
	case t.Votes == 0:
		return say("none")
	case t.Race == RaceNone:
		return say("counted", "votes", words.count(t.Votes, "votes"))
	case t.Race == RaceClose:
		return say("close", "votes", words.count(t.Held, "votes"))
	case t.Race == RaceLevel:
		return say("level", "names", level(r.Candidates))
	case t.Margin == t.Votes:
		return say("all", "name", r.Candidates[0].Name, "votes", words.count(t.Votes, "votes"))
	}
	// Where a tenth of a point can't tell the lead, the votes do.
	lead := points(*t.MarginShare)
	if *t.MarginShare < 0.0005 {
		lead = words.count(t.Margin, "votes")
	}
	return say("leads", "name", r.Candidates[0].Name, "lead", lead)
}

// mostNamed is how many candidates that are level a headline names.
const mostNamed = 3

// level names those who have as many votes as the first.
func level(candidates []Candidate) string {
	var names []string
	for _, c := range candidates {
		if c.Votes == candidates[0].Votes {
			names = append(names, c.Name)
		}
	}
	if len(names) > mostNamed {
		return words.count(int64(len(names)), "candidates")
	}
	last := len(names) - 1
	return words.say("list.and", "list", strings.Join(names[:last], words.say("list.comma")), "last", names[last])
}

// reach says how much of the electorate has voted. That is turnout: how many
// votes are still to come, nobody knows.
func reach(t Totals) string {
	if t.Turnout == nil || *t.Turnout > 1 {
		return words.say("headline.reach.votes", "votes", words.count(t.Votes, "votes"))
	}
	return words.say("headline.reach.share", "share", wholePercent(*t.Turnout))
}

// wholePercent writes a share without decimals, and never 0% or 100% for a
// share that only rounds to it.
func wholePercent(share float64) string {
	whole := func(p float64) string { return words.say("number.percent", "n", int64(math.RoundToEven(p))) }
	switch p := share * 100; {
	case p > 0 && p < 1:
		return words.say("number.under", "n", whole(1))
	case p > 99 && p < 100:
		return words.say("number.over", "n", whole(99))
	default:
		return whole(p)
	}
}

// points writes a difference of shares, with one decimal.
func points(share float64) string {
	key := "points.other"
	if tenth(share) == 1 {
		key = "points.one"
	}
	return words.say(key, "n", words.tenths(tenth(share)))
}
