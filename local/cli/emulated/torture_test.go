package emulated

import (
	"strings"
	"testing"

	"github.com/tallystream/tallystream/local/cli"
)

// One seed, as it is tried again by whoever saw it fail: its plan, the faults that
// came of it, and the verdict.
func TestTortureOneSeed(t *testing.T) {
	status, stdout, stderr := program.Run(t, map[string]string{"LOG_LEVEL": "error"}, "torture", "--seed", "2")
	if status != cli.ExitOK {
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
