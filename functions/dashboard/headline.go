package dashboard

import (
	"fmt"
	"math"
)

// headline is the state of the count as one sentence, which is also what a
// screen reader announces. It never calls a winner.
func headline(r *Results) string {
	t := r.Totals
	switch {
	case t.Votes == 0:
		return "No votes counted yet."
	case t.Shown == 0:
		return fmt.Sprintf("%s counted so far.", count(t.Votes, "vote"))
	case len(r.Candidates) == 1 || t.Margin == t.Shown:
		return fmt.Sprintf("%s has all %s counted so far.", r.Candidates[0].Name, count(t.Shown, "vote"))
	case t.Margin == 0:
		return fmt.Sprintf("%s and %s are level %s.", r.Candidates[0].Name, r.Candidates[1].Name, reach(t))
	}
	// Where a tenth of a point can't tell the lead, the votes do.
	lead := points(*t.MarginShare)
	if *t.MarginShare < 0.0005 {
		lead = count(t.Margin, "vote")
	}
	return fmt.Sprintf("%s leads by %s %s.", r.Candidates[0].Name, lead, reach(t))
}

// reach says how much of the electorate the count covers.
func reach(t Totals) string {
	if t.Turnout == nil || *t.Turnout > 1 {
		return fmt.Sprintf("with %s counted", count(t.Votes, "vote"))
	}
	return fmt.Sprintf("with %s of registered voters counted", wholePercent(*t.Turnout))
}

// wholePercent writes a share without decimals, and never 0% or 100% for a
// share that only rounds to it.
func wholePercent(share float64) string {
	switch p := share * 100; {
	case p > 0 && p < 1:
		return "under 1%"
	case p > 99 && p < 100:
		return "over 99%"
	default:
		return fmt.Sprintf("%.0f%%", p)
	}
}

// points writes a difference of shares, with one decimal.
func points(share float64) string {
	p := math.Round(share*1000) / 10
	if p == 1 {
		return "1.0 point"
	}
	return fmt.Sprintf("%.1f points", p)
}

// count writes a number of things.
func count(n int64, one string) string {
	if n == 1 {
		return "1 " + one
	}
	return integer(n) + " " + one + "s"
}
