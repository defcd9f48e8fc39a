package process_test

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/tallystream/tallystream/emulator/buffer"
	"github.com/tallystream/tallystream/emulator/process"
)

// TestMain lets the test's own program be the child: it serves at an address, or
// ends, or waits for the end of its standard input or for ever.
func TestMain(m *testing.M) {
	if os.Getenv("CHILD") == "" {
		os.Exit(m.Run())
	}
	switch os.Args[1] {
	case "serve":
		fmt.Println("serving")
		go http.ListenAndServe(os.Args[2], http.NotFoundHandler())
		_, _ = io.Copy(io.Discard, os.Stdin)
	case "fail":
		fmt.Fprintln(os.Stderr, "failing")
		os.Exit(3)
	case "stay":
		_ = http.ListenAndServe("127.0.0.1:0", nil)
	}
}

func start(t *testing.T, args ...string) (*process.Process, *buffer.Buffer) {
	t.Helper()
	out := &buffer.Buffer{}
	p, err := process.Start(process.Options{Args: append([]string{os.Args[0]}, args...), Env: append(os.Environ(), "CHILD=1"), Output: out})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Kill)
	return p, out
}

func TestStopEndsTheInput(t *testing.T) {
	address, err := process.FreeAddress()
	if err != nil {
		t.Fatal(err)
	}
	p, out := start(t, "serve", address)
	if err := p.AwaitAnswer(t.Context(), "http://"+address); err != nil {
		t.Fatal(err)
	}
	p.Stop(time.Minute)
	if got := p.End(); got != "exit status 0" {
		t.Errorf("it ended with %s, want by itself", got)
	}
	if err := syscall.Kill(p.ID(), 0); err == nil {
		t.Error("the process is there")
	}
	if !strings.Contains(out.String(), "serving") {
		t.Errorf("its output is %q", out)
	}
}

func TestStopKillsWhatStays(t *testing.T) {
	p, _ := start(t, "stay")
	p.Stop(time.Millisecond)
	if got := p.End(); got != "signal: killed" {
		t.Errorf("it ended with %s", got)
	}
	if err := p.Signal(syscall.SIGCONT); err == nil {
		t.Error("a process that has ended takes a signal")
	}
}

func TestEndBeforeTheAnswer(t *testing.T) {
	p, out := start(t, "fail")
	if err := p.AwaitAnswer(t.Context(), "http://127.0.0.1:1"); err == nil || !strings.Contains(err.Error(), "ended before it answered") {
		t.Errorf("error %v", err)
	}
	if got := p.End(); got != "exit status 3" || !strings.Contains(out.String(), "failing") {
		t.Errorf("it ended with %s and said %q", got, out)
	}
}

func TestNoSuchProgram(t *testing.T) {
	if _, err := process.Start(process.Options{Args: []string{"no-such-program"}}); err == nil {
		t.Error("no error")
	}
}

// An address that is taken isn't given, nor one that was given before.
func TestFreeAddress(t *testing.T) {
	given := map[string]bool{}
	for range 50 {
		address, err := process.FreeAddress()
		if err != nil {
			t.Fatal(err)
		}
		if given[address] {
			t.Errorf("%s is given twice", address)
		}
		given[address] = true
		l, err := net.Listen("tcp", address)
		if err != nil {
			t.Errorf("nothing can listen on %s: %v", address, err)
			continue
		}
		defer l.Close()
	}
}

// A paused process takes connections and answers none, until it is resumed. It ends
// all the same when it is stopped.
func TestPause(t *testing.T) {
	address, err := process.FreeAddress()
	if err != nil {
		t.Fatal(err)
	}
	p, _ := start(t, "serve", address)
	if err := p.AwaitConnection(t.Context(), address); err != nil {
		t.Fatal(err)
	}
	p.Pause()
	answered := make(chan error, 1)
	go func() { answered <- p.AwaitAnswer(t.Context(), "http://"+address) }()
	if state := stateOf(t, p.ID()); state != "T" {
		t.Errorf("its state is %s, want T for stopped", state)
	}
	p.Resume()
	if err := <-answered; err != nil {
		t.Error(err)
	}
	p.Pause()
	p.Stop(time.Minute)
	if got := p.End(); got != "exit status 0" {
		t.Errorf("it ended with %s, want by itself", got)
	}
}

// stateOf waits until a process has stopped running, and returns its state.
func stateOf(t *testing.T, pid int) (state string) {
	t.Helper()
	ended := time.Now().Add(time.Minute)
	for state != "T" && time.Now().Before(ended) {
		text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
		if os.IsNotExist(err) {
			t.Skip("there is no /proc here")
		}
		_, rest, _ := strings.Cut(string(text), ") ")
		state, _, _ = strings.Cut(rest, " ")
	}
	return state
}

// Ctrl-C at a terminal, which reaches every process of a group, doesn't reach the child.
func TestChildIsOfAGroupOfItsOwn(t *testing.T) {
	p, _ := start(t, "stay")
	group, err := syscall.Getpgid(p.ID())
	if err != nil || group != p.ID() || group == syscall.Getpgrp() {
		t.Errorf("the child %d is of group %d (%v), this process of %d", p.ID(), group, err, syscall.Getpgrp())
	}
}
