package cli

import (
	"strings"
	"testing"
)

func TestTortureMistakes(t *testing.T) {
	status, _, stderr := called(t, nil, "torture", "--seeds", "-1")
	if status != exitFailed || !strings.Contains(stderr, "-1 seeds, 20 seeds for each broken rule: want 0 or more") {
		t.Errorf("status %d: %s", status, stderr)
	}
}

// One seed, as it is tried again by whoever saw it fail: its plan, the faults that
// came of it, and the verdict.
func TestTortureOneSeed(t *testing.T) {
	status, stdout, stderr := called(t, map[string]string{"LOG_LEVEL": "error"}, "torture", "--seed", "2")
	if status != exitOK {
		t.Fatalf("status %d: %s\n%s", status, stderr, stdout)
	}
	for _, want := range []string{"seed 2\n", "round 1, at the same time:", "fault: "} {
		if !strings.Contains(stdout, want) {
			t.Errorf("%q isn't in\n%s", want, stdout)
		}
	}
	if !strings.Contains(stderr, "Seed 2 passes: every table is right.") {
		t.Errorf("it says %s", stderr)
	}
}
