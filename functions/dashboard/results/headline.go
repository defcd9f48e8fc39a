package results

import (
	"strings"

	"github.com/tallystream/tallystream/functions/dashboard/disclosure"
	"github.com/tallystream/tallystream/functions/dashboard/text"
)

// Headline is the state of the count as one sentence. A screen reader announces it too.
// It claims nothing that could change once all votes are shown by candidate. It never
// calls a winner: who has most votes isn't always who is elected.
func Headline(l *text.Language, r *Document) string {
	t := r.Totals
	if r.Referendum != nil {
		l = l.OfAnswers()
	}
	say := func(key string, pairs ...any) string {
		reach := l.Say(l.Exactly("headline.reach", r.Exact), "reach", reach(l, t))
		return l.Say(l.Exactly("headline."+key, r.Exact), append(pairs, "reach", reach)...)
	}
	switch {
	case t.Votes == 0:
		return say("none")
	case t.Race == disclosure.RaceNone:
		return say("counted", "votes", l.Count(t.Votes, "votes"))
	case t.Race == disclosure.RaceClose:
		return say("close")
	case t.Race == disclosure.RaceLevel:
		return say("level", "names", level(l, r.Candidates))
	case t.Margin == t.Votes:
		return say("all", "name", r.Candidates[0].Name, "votes", l.Count(t.Votes, "votes"))
	}
	// Where a tenth of a point can't tell the lead, the votes do.
	lead := l.Points(*t.MarginShare)
	if *t.MarginShare < 0.0005 {
		lead = l.Count(t.Margin, "votes")
	}
	return say("leads", "name", r.Candidates[0].Name, "lead", lead)
}

// mostNamed is how many candidates that are level a headline names.
const mostNamed = 3

// level names those who have as many votes as the first.
func level(l *text.Language, candidates []Candidate) string {
	var first []Candidate
	for _, c := range candidates {
		if c.Votes == candidates[0].Votes {
			first = append(first, c)
		}
	}
	return Names(l, first)
}

// Names names candidates, two or more, or says how many they are.
func Names(l *text.Language, candidates []Candidate) string {
	if len(candidates) > mostNamed {
		return l.Count(int64(len(candidates)), "candidates")
	}
	names := make([]string, len(candidates))
	for i, c := range candidates {
		names[i] = c.Name
	}
	last := len(names) - 1
	return l.Say("list.and", "list", strings.Join(names[:last], l.Say("list.comma")), "last", names[last])
}

// reach says how much of the electorate has voted. That is turnout: how many
// votes are still to come, nobody knows.
func reach(l *text.Language, t Totals) string {
	if t.Turnout == nil || *t.Turnout > 1 {
		return l.Say("headline.reach.votes", "votes", l.Count(t.Votes, "votes"))
	}
	return l.Say("headline.reach.share", "share", l.WholePercent(*t.Turnout))
}
