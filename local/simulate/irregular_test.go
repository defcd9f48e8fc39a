package simulate

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestIrregularities(t *testing.T) {
	clean, err := New(Defaults(day))
	if err != nil {
		t.Fatal(err)
	}
	if got := clean.Irregularities(); got != nil {
		t.Errorf("a clean election has %v", got)
	}
	o := Defaults(day)
	o.Voters, o.Votes, o.Duplicates, o.Moved, o.LateVotes = 1000, 1000, 0.1, 0.02, 1
	mixed, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	want := []Irregularity{{"late votes", 900}, {"repeated votes", 100}, {"moves", 20}}
	if diff := cmp.Diff(want, mixed.Irregularities()); diff != "" {
		t.Errorf("irregularities (-want +got):\n%s", diff)
	}
}
