package process_test

import (
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/tallystream/tallystream/emulator/process"
)

// sessionNice returns what the kernel says of the nice value of this session.
func sessionNice(t *testing.T) int {
	t.Helper()
	text, err := os.ReadFile("/proc/self/autogroup")
	if err != nil {
		t.Skipf("the kernel doesn't schedule by session: %v", err)
	}
	_, value, _ := strings.Cut(strings.TrimSpace(string(text)), " nice ")
	nice, err := strconv.Atoi(value)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return nice
}

func TestPriorityIsLoweredAndRestored(t *testing.T) {
	before := sessionNice(t)
	restore := process.LowerPriority()
	during := sessionNice(t)
	restore()
	if want := max(before, 5); during != want {
		t.Errorf("the nice value of the session was %d and became %d, want %d", before, during, want)
	}
	if after := sessionNice(t); after != before {
		t.Errorf("the nice value of the session is %d after it was restored, want %d", after, before)
	}
}
