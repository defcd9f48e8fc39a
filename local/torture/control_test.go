package torture

import (
	"slices"
	"strings"
	"testing"
)

// With a rule of the count broken, the trials have to fail.
func TestControlsFail(t *testing.T) {
	const seeds = 7
	a := newTestArena(t)
	for _, c := range a.Controls(t.Context(), 1, seeds) {
		t.Logf("%s: %d of %d seeds fail", c.Name, c.Failed, c.Seeds)
		if c.Err != nil {
			t.Errorf("%s: %v", c.Name, c.Err)
		}
		if c.Failed == 0 {
			t.Errorf("%s: none of %d seeds fails; the trials don't see that this rule is broken", c.Name, c.Seeds)
		}
	}
}

// A control whose target is gone says so, instead of proving nothing.
func TestControlWithoutItsTarget(t *testing.T) {
	for _, c := range controls {
		if c.rewrite == nil {
			continue
		}
		_, err := c.rewrite("BEGIN TRANSACTION;\nSELECT 1;\nCOMMIT TRANSACTION;\n")
		if err == nil || !strings.Contains(err.Error(), "write the control anew") {
			t.Errorf("%s: error = %v", c.name, err)
		}
	}
}

// The same seed plans the same.
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
