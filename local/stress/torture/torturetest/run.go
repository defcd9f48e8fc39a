package torturetest

import (
	"fmt"
	"os"
	"testing"

	"github.com/tallystream/tallystream/local/stress/torture"
)

// Run runs the tests over a harness, which ends after them, and returns their exit status. err is
// why the harness wasn't made. A nil harness without an error is one that the tests do without.
func Run(m *testing.M, h *torture.Harness, err error) int {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	code := m.Run()
	if h == nil {
		return code
	}
	if err := h.Close(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return code
}
