package process_test

import (
	"context"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/tallystream/tallystream/emulator/process"
)

// inSession is set in a program of this test that is the only one of its session.
const inSession = "TALLYSTREAM_TEST_IN_SESSION"

// sessionNice returns what the kernel says of the nice value of this session.
func sessionNice(t *testing.T) int {
	t.Helper()
	text, err := os.ReadFile("/proc/self/autogroup")
	if err != nil {
		t.Skipf("the kernel doesn't schedule by session: %v", err)
	}
	_, value, found := strings.Cut(strings.TrimSpace(string(text)), " nice ")
	if !found {
		t.Skipf("the kernel doesn't schedule this session by itself: /proc/self/autogroup is %q", text)
	}
	nice, err := strconv.Atoi(value)
	if err != nil {
		t.Fatalf("/proc/self/autogroup is %q: %v", text, err)
	}
	return nice
}

// TestPriorityIsLoweredAndRestored runs itself in a session of its own: other programs share
// this one and may change its nice value meanwhile, and one that began with the system has none.
func TestPriorityIsLoweredAndRestored(t *testing.T) {
	if os.Getenv(inSession) == "" {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		child := exec.CommandContext(ctx, os.Args[0], "-test.run=^"+t.Name()+"$", "-test.v")
		child.Env = append(os.Environ(), inSession+"=yes")
		child.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
		output, err := child.CombinedOutput()
		t.Logf("%s", output)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(output), "--- SKIP") {
			t.Skip("the program in a session of its own skipped the test")
		}
		return
	}
	before := sessionNice(t)
	if err := os.WriteFile("/proc/self/autogroup", []byte(strconv.Itoa(before)), 0); err != nil {
		t.Skipf("the kernel doesn't let this program set the nice value of its session: %v", err)
	}
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
