package page

import (
	"math"

	"github.com/tallystream/tallystream/functions/dashboard/results"
	"github.com/tallystream/tallystream/functions/dashboard/text"
)

// conditionRow is a condition for the answer of a referendum.
type conditionRow struct {
	Kind   string
	Label  string
	State  string
	Says   string   // how far it is
	Share  *float64 // that there is
	Needed *float64
}

// referendum lists the conditions of the question.
func (p *content) referendum() {
	r := p.Referendum
	if r == nil || r.Answer == nil {
		return
	}
	answer := p.of(*r.Answer).Name
	for _, c := range r.Conditions {
		row := conditionRow{Kind: c.Kind, State: c.State, Share: c.Share, Needed: &c.Needed}
		row.Label = p.lang.Say(map[string]string{
			results.NeedsMajority: "referendum.majority", results.NeedsTurnout: "referendum.turnout", results.NeedsRegistered: "referendum.registered",
		}[c.Kind], "share", p.rule(c.Needed), "answer", answer)
		row.Says = p.conditionSays(c)
		p.Conditions = append(p.Conditions, row)
	}
}

// rule writes a share that a rule names, without a decimal where it has none.
func (p *content) rule(share float64) string {
	if tenth := text.Tenth(share); tenth == math.Round(tenth) {
		return p.lang.WholePercent(share)
	}
	return p.lang.Percent(share)
}

// conditionSays says how far a condition is.
func (p *content) conditionSays(c results.Condition) string {
	say := func(key string, pairs ...any) string {
		return p.lang.Say(p.lang.Exactly(key, p.Exact), append(pairs, "share", p.lang.Turnout(c.Share))...)
	}
	switch c.State {
	case results.ConditionMet:
		return say("referendum.met")
	case results.ConditionUnmet:
		return say("referendum.unmet", "votes", p.lang.Count(c.Missing, "votes"))
	case results.ConditionClose:
		return say("referendum.close")
	}
	return p.lang.Say("referendum.none")
}
