package torturetest

import (
	"testing"

	"github.com/tallystream/tallystream/local/stress/torture"
)

// Controls breaks rules of the count, with seeds from first on, some at a time: trials have
// to fail then. Not every seed notices, so that a control that none of the first seeds has
// noticed is tried with more.
func Controls(t *testing.T, h *torture.Harness, names []string, first uint64, some int) {
	results, err := h.Notice(t.Context(), names, first, some)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range results {
		t.Logf("%s: %d of %d seeds fail", c.Name, c.Failed, c.Seeds)
		if c.Err != nil {
			t.Errorf("%s: %v", c.Name, c.Err)
		}
	}
}
