package results

import (
	"math/big"

	"github.com/tallystream/tallystream/functions/dashboard/disclosure"
	"github.com/tallystream/tallystream/functions/dashboard/filter"
)

// Referendum is the question of an election, and how far an answer is from what it needs.
type Referendum struct {
	Question string `json:"question"`
	// Answer is the id of the candidate that the conditions are for; null where there are none.
	Answer *string `json:"answer"`
	// Conditions are all that have to be met; there are none through a filter.
	Conditions []Condition `json:"conditions"`
}

// Condition is one of the conditions for an answer.
type Condition struct {
	Kind   string   `json:"kind"`
	Needed float64  `json:"needed"` // share, 0 to 1; of the votes more than that
	Share  *float64 `json:"share"`  // that there is
	Votes  int64    `json:"votes"`  // that count towards it
	// Missing is how many of them there would have to be more, as things are.
	Missing int64  `json:"missing"`
	State   string `json:"state"`
}

// The kinds of conditions.
const (
	NeedsMajority   = "majority"   // of the votes, for the answer
	NeedsTurnout    = "turnout"    // of registered voters
	NeedsRegistered = "registered" // of registered voters, for the answer
)

// What the figures say of a condition.
const (
	ConditionNone  = "none"  // nothing to tell it by
	ConditionMet   = "met"   // whatever isn't shown
	ConditionUnmet = "unmet" // whatever isn't shown
	ConditionClose = "close" // what isn't shown decides it
)

// referendum is the question, with its conditions where the filter lets everything through.
func (p *Publication) referendum(f filter.Filter, t Totals) *Referendum {
	rule := p.Election.Referendum
	if rule == nil {
		return nil
	}
	r := &Referendum{Question: rule.Question, Conditions: []Condition{}}
	if rule.Answer == "" {
		return r
	}
	r.Answer = &rule.Answer
	if f.Region != nil || f.Timed() {
		return r
	}
	majority, turnout, registered := rule.Needs()
	shown := p.votes().Through(f)
	own, all := shown.Of(rule.Answer), shown.Votes()
	r.Conditions = append(r.Conditions, condition(NeedsMajority, majority, own, all, reaches(majority, true, own, all, shown.Lag)))
	if turnout.Sign() > 0 {
		r.Conditions = append(r.Conditions, condition(NeedsTurnout, turnout, t.Votes, t.Registered, within(turnout, t.Votes, t.Registered, 0)))
	}
	if registered.Sign() > 0 {
		r.Conditions = append(r.Conditions, condition(NeedsRegistered, registered, own, t.Registered, within(registered, own, t.Registered, shown.Lag)))
	}
	return r
}

// condition compares a part of a whole with what is needed.
func condition(kind string, needed *big.Rat, part, whole int64, met certainty) Condition {
	c := Condition{Kind: kind, Share: disclosure.Ratio(part, whole), Votes: part, State: ConditionNone}
	c.Needed, _ = needed.Float64()
	if whole > 0 {
		c.Missing = max(0, leastOf(needed, whole, kind == NeedsMajority)-part)
		c.State = map[certainty]string{surely: ConditionMet, perhaps: ConditionClose, never: ConditionUnmet}[met]
	}
	return c
}
