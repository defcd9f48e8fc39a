package torturetest

import (
	"testing"

	"github.com/tallystream/tallystream/local/stress/torture"
)

// Controls breaks rules of the count: trials have to fail then. Not every seed notices, so
// that a control that none of the first seeds has noticed is tried with more.
func Controls(t *testing.T, h *torture.Harness) {
	const some, most = 3, 150 // the rarest is noticed by one seed in twenty
	sums := map[string]torture.Control{}
	left := torture.ControlNames()
	for first := 1; first <= most && len(left) > 0; first += some {
		var unnoticed []string
		for _, c := range h.Controls(t.Context(), left, uint64(first), some) {
			if c.Err != nil {
				t.Fatalf("%s: %v", c.Name, c.Err)
			}
			sum := sums[c.Name]
			sum.Seeds += c.Seeds
			sum.Failed += c.Failed
			sum.Intact = c.Intact
			sums[c.Name] = sum
			if sum.Failed == 0 && !c.Intact {
				unnoticed = append(unnoticed, c.Name)
			}
		}
		left = unnoticed
	}
	for name, c := range sums {
		t.Logf("%s: %d of %d seeds fail", name, c.Failed, c.Seeds)
		switch {
		case c.Intact && c.Failed > 0:
			t.Errorf("%d of %d seeds fail without a broken rule", c.Failed, c.Seeds)
		case !c.Intact && c.Failed == 0:
			t.Errorf("%s: none of %d seeds fails; the trials don't see that this rule is broken", name, c.Seeds)
		}
	}
}
