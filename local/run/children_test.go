package run

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tallystream/tallystream/emulator/buffer"
	"github.com/tallystream/tallystream/local/settings"
)

// patience is how long a test waits on a busy machine. On an idle one it takes seconds.
const patience = Patience

// gone waits until a process has ended.
func gone(ctx context.Context, pid int) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for syscall.Kill(pid, 0) == nil {
		select {
		case <-ctx.Done():
			return fmt.Errorf("process %d lives", pid)
		case <-time.After(5 * time.Millisecond):
		}
	}
	return nil
}

func TestKilledFunctionsComeBack(t *testing.T) {
	s, _ := started(t, Options{Scheduled: true, Partitions: 1})
	before := s.Processes()
	for _, name := range []string{settings.Dashboard, settings.Ingest} {
		pid := before[name]
		if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
		if err := gone(t.Context(), pid); err != nil {
			t.Fatal(err)
		}
	}
	sendOneVote(t, s)
	// The results come from the new dashboard, over what the new bridge carried.
	if _, err := s.AwaitCounted(t.Context(), Offsets{"voters": {0: 1}, "votes": {0: 1}}, patience); err != nil {
		t.Fatal(err)
	}
	after := s.Processes()
	for name, pid := range after {
		if pid == before[name] {
			t.Errorf("%s is still process %d", name, pid)
		}
	}
}

// A process keeps the processor until it serves, however soon the last request to the one
// before it ends. Then it is paused.
func TestStartingFunctionsHaveTheProcessor(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("only Linux tells in a file that a process is stopped")
	}
	s, _ := started(t, Options{Like: "cloud/20", Scheduled: true, Partitions: 1})
	if err := s.Stop(settings.Aggregate); err != nil {
		t.Fatal(err)
	}
	c := s.stages.(*children).all[settings.Aggregate]
	ended := make(chan error, 1)
	go func() { ended <- s.Restart(t.Context(), settings.Aggregate) }()
	late := time.After(patience)
	for {
		select {
		case err := <-ended:
			if err != nil {
				t.Fatal(err)
			}
			awaitStopped(t, c.process.ID())
			return
		case <-late:
			t.Fatalf("the aggregation hasn't started within %v", patience)
		default:
			c.Pause()
		}
	}
}

// awaitStopped waits until a process is stopped by a signal.
func awaitStopped(t *testing.T, pid int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	for {
		stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(stat, []byte(") T ")) {
			return
		}
		select {
		case <-ctx.Done():
			t.Fatalf("process %d isn't stopped: %s", pid, stat)
		case <-time.After(time.Millisecond):
		}
	}
}

func TestChildrenEndWithTheirParent(t *testing.T) { endWithParent(t, "parent") }

// Under a profile the children are paused: the system kills them.
func TestPausedChildrenEndWithTheirParent(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("only Linux kills a paused process whose parent has ended")
	}
	endWithParent(t, "parent", "cloud/100")
}

func endWithParent(t *testing.T, args ...string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, os.Args[0], args...)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var pids [2]int
	if _, err := fmt.Fscan(out, &pids[0], &pids[1]); err != nil {
		t.Fatalf("read the children's ids: %v", err)
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // killed
	for _, pid := range pids {
		if err := gone(t.Context(), pid); err != nil {
			t.Error(err)
		}
	}
}

func TestNothingIsLeftBehind(t *testing.T) {
	s, err := Start(t.Context(), Options{Scheduled: true, Output: &buffer.Buffer{}})
	if err != nil {
		t.Fatal(err)
	}
	processes, addresses := s.Processes(), s.Addresses()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	for _, pid := range processes {
		if err := gone(t.Context(), pid); err != nil {
			t.Error(err)
		}
	}
	// Every address can be had again.
	again, err := Start(t.Context(), Options{Addresses: addresses, Output: &buffer.Buffer{}})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(addresses, again.Addresses()); diff != "" {
		t.Errorf("addresses (-want +got):\n%s", diff)
	}
	if err := again.Close(); err != nil {
		t.Error(err)
	}
	if err := again.Close(); err != nil {
		t.Errorf("closing twice: %v", err)
	}
}

// Each function can have a process of its own, as in the cloud.
func TestFunctionsApart(t *testing.T) {
	s, _ := started(t, Options{Scheduled: true, Partitions: 1, Apart: true})
	pids := map[int]bool{}
	for _, pid := range s.Processes() {
		pids[pid] = true
	}
	if len(pids) != 4 {
		t.Errorf("processes %v, want one for each function", s.Processes())
	}
	sendOneVote(t, s)
	if _, err := s.AwaitCounted(t.Context(), Offsets{"voters": {0: 1}, "votes": {0: 1}}, patience); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Backlog(); err != nil {
		t.Error(err)
	}
}
