package torture

import (
	"fmt"
	"os"
	"testing"

	"github.com/tallystream/tallystream/local/run"
)

// TestMain lets the test's own program serve functions in processes that the
// trials start, and kill.
func TestMain(m *testing.M) {
	if len(os.Args) == 3 && os.Args[1] == "functions" {
		if err := run.ServeFunctions(os.Args[2]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}
