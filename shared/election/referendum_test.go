package election_test

import (
	"math/big"
	"strings"
	"testing"

	"github.com/tallystream/tallystream/shared/election"
)

func TestReferendum(t *testing.T) {
	const answers = "\ncandidates: [{id: yes, name: Yes}, {id: no, name: No}]\n"
	for name, tc := range map[string]struct{ text, problem string }{
		"a question":        {"referendum: {question: Shall we vote}" + answers, ""},
		"with conditions":   {"referendum: {question: Shall we vote, answer: yes, majority: 0.6, turnout: 0.4, of_registered: 0.25}" + answers, ""},
		"no question":       {"referendum: {answer: yes}" + answers, "question is missing"},
		"a long one":        {"referendum: {question: " + strings.Repeat("x", 1025) + "}" + answers, "question is longer than 1024 bytes"},
		"no answers":        {"referendum: {question: Shall we vote}", "there are no answers: list them as candidates"},
		"another answer":    {"referendum: {question: Shall we vote, answer: perhaps}" + answers, `answer "perhaps" isn't the id of a candidate`},
		"for which":         {"referendum: {question: Shall we vote, turnout: 0.4}" + answers, "give answer, the id of a candidate"},
		"less than half":    {"referendum: {question: Shall we vote, answer: yes, majority: 0.4}" + answers, "majority is 0.4"},
		"sixty percent":     {"referendum: {question: Shall we vote, answer: yes, majority: 60}" + answers, "majority is 60"},
		"turnout as 40":     {"referendum: {question: Shall we vote, answer: yes, turnout: 40}" + answers, "turnout is 40: write a share"},
		"fewer than nobody": {"referendum: {question: Shall we vote, answer: yes, of_registered: -0.1}" + answers, "of_registered is -0.1"},
		"with seats":        {"referendum: {question: Shall we vote}\nseats: {method: dhondt, total: 5}" + answers, "a question gives out no seats"},
	} {
		parses(t, name, tc.text, tc.problem)
	}
	half, none, _ := (&election.Referendum{}).Needs()
	if half.Cmp(big.NewRat(1, 2)) != 0 || none.Sign() != 0 {
		t.Errorf("needs %v of the votes and %v of the voters, want a half and none", half, none)
	}
}
