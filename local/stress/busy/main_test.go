package main

import (
	"context"
	"os/exec"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"
)

// The load computes while the command runs, ends with it, and hands its status on.
func TestBeside(t *testing.T) {
	goroutines := runtime.NumGoroutine()
	before := used(t)
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute) // half a second, on an idle machine
	defer cancel()
	status, err := beside(2, exec.CommandContext(ctx, "sh", "-c", "sleep 0.5; exit 3"))
	if status != 3 || err != nil {
		t.Errorf("status %d, %v; want 3", status, err)
	}
	if spent := used(t) - before; spent <= 0 {
		t.Errorf("the load computed for %v", spent)
	}
	for end := time.Now().Add(5 * time.Minute); runtime.NumGoroutine() > goroutines; time.Sleep(time.Millisecond) { // the command's own may end a little later
		if time.Now().After(end) {
			t.Fatalf("%d goroutines are left, and were %d before", runtime.NumGoroutine(), goroutines)
		}
	}
	if status, err := beside(1, exec.CommandContext(ctx, "no-such-command")); status != 1 || err == nil || !strings.Contains(err.Error(), "no-such-command") {
		t.Errorf("status %d, %v; want 1 and the command's name", status, err)
	}
}

// used is the processor time that this process has had.
func used(t *testing.T) time.Duration {
	t.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano())
}
