package election_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tallystream/tallystream/shared/election"
)

func TestLast(t *testing.T) {
	const who = "\ncandidates: [{id: a, name: A}, {id: b, name: B}]\n"
	for name, tc := range map[string]struct{ text, problem string }{
		"of all":           {"last: {name: 2022, votes: {a: 5, b: 4}, others: 3, registered: 20}" + who, ""},
		"of each region":   {"last: {name: 2022}\nregions: [{id: n, name: N, last: {votes: {a: 5}}}]" + who, ""},
		"with seats":       {"last: {name: 2022, votes: {a: 5}, seats: {a: 3}}\nseats: {method: dhondt, total: 5}" + who, ""},
		"no name":          {"last: {votes: {a: 5}}" + who, "last: name is missing"},
		"no votes":         {"last: {name: 2022}" + who, "last: votes are missing"},
		"some regions":     {"last: {name: 2022}\nregions: [{id: n, name: N, last: {votes: {a: 5}}}, {id: s, name: S}]" + who, "every region (1 have none)"},
		"nobody any more":  {"last: {name: 2022, votes: {c: 5}}" + who, `last: "c" isn't the id of a candidate`},
		"in a region":      {"last: {name: 2022}\nregions: [{id: n, name: N, last: {votes: {c: 5}}}]" + who, `regions[0] (n): last: "c" isn't the id of a candidate`},
		"fewer than none":  {"last: {name: 2022, votes: {a: 5, b: -1}}" + who, `last: "b" had -1 votes`},
		"others":           {"last: {name: 2022, votes: {a: 5}, others: -1}" + who, "others (-1)"},
		"more than voters": {"last: {name: 2022, votes: {a: 5}, registered: 4}" + who, "there were 5 votes of 4 registered voters"},
		"nobody voted":     {"last: {name: 2022, votes: {a: 0}}" + who, "there were 0 votes"},
		"only of a region": {"regions: [{id: n, name: N, last: {votes: {a: 5}}}]" + who, "nothing says when that was"},
		"an open ballot":   {"last: {name: 2022, votes: {a: 5}}", "the ballot is open"},
		"seats of none":    {"last: {name: 2022, votes: {a: 5}, seats: {a: 3}}" + who, "this election gives out none"},
		"seats of nobody":  {"last: {name: 2022, votes: {a: 5}, seats: {c: 3}}\nseats: {method: dhondt, total: 5}" + who, `seats of "c" are 3`},
		"a misspelt field": {"last: {name: 2022, vote: {a: 5}}" + who, "there is no field vote"},
	} {
		parses(t, name, tc.text, tc.problem)
	}
}

func TestPastsAddUp(t *testing.T) {
	n := election.Past{Votes: map[string]int64{"a": 5, "b": 1}, Others: 2, Registered: 10}
	s := election.Past{Votes: map[string]int64{"a": 3}, Registered: 20}
	want := election.Past{Votes: map[string]int64{"a": 8, "b": 1}, Others: 2, Registered: 30}
	if diff := cmp.Diff(want, n.And(s)); diff != "" || n.And(s).Sum() != 11 {
		t.Errorf("%s", diff)
	}
	s.Registered = 0
	if got := n.And(s).Registered; got != 0 {
		t.Errorf("%d were registered in both, and nobody knows how many in one", got)
	}
}
