package torture

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// When a rule of the count is broken, trials have to fail. Not every seed notices, so
// that a control that none of the first seeds has noticed is tried with more.
func TestControlsFail(t *testing.T) {
	const some, most = 3, 150 // the rarest is noticed by one seed in twenty
	a := newTestHarness(t)
	sums := map[string]Control{}
	left := controls
	for first := 1; first <= most && len(left) > 0; first += some {
		var unnoticed []*control
		for i, c := range a.try(t.Context(), left, uint64(first), some) {
			if c.Err != nil {
				t.Fatalf("%s: %v", c.Name, c.Err)
			}
			sum := sums[c.Name]
			sum.Seeds += c.Seeds
			sum.Failed += c.Failed
			sum.Intact = c.Intact
			sums[c.Name] = sum
			if sum.Failed == 0 && !c.Intact {
				unnoticed = append(unnoticed, left[i])
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

// A control whose target is gone is an error.
func TestControlWithoutItsTarget(t *testing.T) {
	for _, c := range controls {
		change := c.rewrite
		if c.live != nil {
			change = c.live
		}
		if change == nil {
			continue
		}
		_, err := change("BEGIN TRANSACTION;\nSELECT 1;\nCOMMIT TRANSACTION;\n")
		if err == nil || !strings.Contains(err.Error(), "write the control anew") {
			t.Errorf("%s: error = %v", c.name, err)
		}
	}
}

func TestEarlier(t *testing.T) {
	got, err := earlier("MERGE b", "CREATE a")("BEGIN TRANSACTION;\nCREATE a\nAS 1;\nMERGE c;\nMERGE b\nUSING a;\nMERGE d;\nCOMMIT TRANSACTION;\n")
	want := "BEGIN TRANSACTION;\nCREATE a\nAS 1;\nMERGE b\nUSING a;\nCOMMIT TRANSACTION;\nBEGIN TRANSACTION;\nMERGE c;\nMERGE d;\nCOMMIT TRANSACTION;\n"
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("earlier (-want +got):\n%s", diff)
	}
}

// A seed always gives the same plan.
func TestPlansRepeat(t *testing.T) {
	for seed := range uint64(20) {
		p, q := planOf(seed), planOf(seed)
		if !slices.Equal(p.clocks, q.clocks) || p.hold != q.hold || len(p.rounds) != len(q.rounds) {
			t.Errorf("seed %d: %+v and %+v", seed, p, q)
		}
		for n := range 100 {
			if p.choose("push", n) != q.choose("push", n) {
				t.Errorf("seed %d chooses %v and %v", seed, p.choose("push", n), q.choose("push", n))
			}
		}
	}
}
