package election_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/tallystream/tallystream/shared/election"
)

func TestAgeGroup(t *testing.T) {
	want := map[int]string{-1: "unknown", 0: "under 18", 17: "under 18", 18: "18-24", 24: "18-24", 25: "25-34", 34: "25-34",
		35: "35-49", 49: "35-49", 50: "50-64", 64: "50-64", 65: "65+", 130: "65+"}
	got := map[int]string{}
	groups := map[string]bool{}
	for age := range want {
		got[age] = election.AgeGroup(age)
		groups[got[age]] = true
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("groups (-want +got):\n%s", diff)
	}
	var list []string
	for g := range groups {
		list = append(list, g)
	}
	if diff := cmp.Diff(election.AgeGroups(), list, cmpopts.SortSlices(func(a, b string) bool { return a < b })); diff != "" {
		t.Errorf("AgeGroups (-want +got):\n%s", diff)
	}
}
