package emulated

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/tallystream/tallystream/local/cli"
	"github.com/tallystream/tallystream/local/console"
	"github.com/tallystream/tallystream/local/stress/torture"
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

// Trials that were stopped haven't failed, and those that failed before are told.
func TestStoppedTrials(t *testing.T) {
	stopped := torture.Result{Name: "stopped", Err: context.Canceled, Stopped: true}
	failed := torture.Result{Name: "failed", Err: errors.New("a table is wrong")}
	for _, tc := range []struct {
		name    string
		results []torture.Result
		printed string
		err     string
	}{
		{"none failed", []torture.Result{{}, stopped}, "", ""},
		{"one failed", []torture.Result{{}, failed, stopped}, "failed FAILED\n  error: a table is wrong\n", "1 of 2 trials failed (seeds; 1 not tried to the end): see above"},
		{"all were tried", []torture.Result{{}, {}, failed}, "failed FAILED\n  error: a table is wrong\n", "1 of 3 trials failed (seeds): see above"},
	} {
		var out strings.Builder
		trials := tally{host: &cli.Host{Stdout: io.Discard, Console: console.Plain(&out)}, label: "seeds", total: 3}
		for _, r := range tc.results {
			trials.add(r, "")
		}
		text := ""
		if err := trials.err(); err != nil {
			text = err.Error()
		}
		if text != tc.err || out.String() != tc.printed {
			t.Errorf("%s: %q and %q, want %q and %q", tc.name, text, out.String(), tc.err, tc.printed)
		}
	}
}
