package dashboard

import "math"

// headline is the state of the count as one sentence, which is also what a
// screen reader announces. It never calls a winner.
func headline(r *Results) string {
	t := r.Totals
	switch {
	case t.Votes == 0:
		return words.say("headline.none")
	case t.Shown == 0:
		return words.say("headline.counted", "votes", words.count(t.Votes, "votes"))
	case len(r.Candidates) == 1 || t.Margin == t.Shown:
		return words.say("headline.all", "name", r.Candidates[0].Name, "votes", words.count(t.Shown, "votes"))
	case t.Margin == 0:
		return words.say("headline.level", "first", r.Candidates[0].Name, "second", r.Candidates[1].Name, "reach", reach(t))
	}
	// Where a tenth of a point can't tell the lead, the votes do.
	lead := points(*t.MarginShare)
	if *t.MarginShare < 0.0005 {
		lead = words.count(t.Margin, "votes")
	}
	return words.say("headline.leads", "name", r.Candidates[0].Name, "lead", lead, "reach", reach(t))
}

// reach says how much of the electorate the count covers.
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
