// Package browser runs the page's browser tests: node's test runner with
// playwright-core, which drives a real chromium. It is for tests, and knows
// nothing of what the page shows.
//
// Where Node.js, chromium or the npm packages are missing, the test that asks
// is skipped and says what to install.
package browser

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

// limit bounds one run of scripts, and perTest each of their tests, so that one that hangs has a
// name: more than any takes on a slow machine.
const (
	limit   = 30 * time.Minute
	perTest = 15 * time.Minute
)

// Run runs scripts of web/test, with more environment
// (NAME=value), and fails the test where one of theirs fails.
func Run(t testing.TB, env []string, scripts ...string) {
	t.Helper()
	if err := <-Start(t, env, scripts...); err != nil {
		t.Fatal(err)
	}
}

// Start is Run in the background, for a test that has something to do
// meanwhile. What comes out of the channel is how it went.
func Start(t testing.TB, env []string, scripts ...string) <-chan error {
	t.Helper()
	web := folder(t)
	// The shell is the browser without its windows, and takes two thirds of the processor.
	chromium := need(t, "chromium", os.Getenv("CHROMIUM"), "chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
	node := need(t, "nodejs", "node")
	if _, err := os.Stat(filepath.Join(web, "node_modules", "playwright-core")); errors.Is(err, fs.ErrNotExist) {
		t.Skip("the browser tests need npm packages: run make assets")
	}

	ctx, cancel := context.WithTimeout(t.Context(), limit)
	// Two files at a time: each waits for its browser much of the time. By itself node
	// leaves one core free, and takes one file at a time on a machine of two.
	args := []string{"--test", "--test-concurrency=2", fmt.Sprintf("--test-timeout=%d", perTest.Milliseconds())}
	for _, s := range scripts {
		args = append(args, filepath.Join("test", s))
	}
	cmd := exec.CommandContext(ctx, node, args...)
	cmd.Dir = web
	cmd.Env = append(append(os.Environ(), "CHROMIUM="+chromium), env...)
	// Asked to end, node closes its browser.
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 10 * time.Second
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	done := make(chan error, 1)
	go func() {
		defer cancel()
		if err := cmd.Run(); err != nil {
			done <- fmt.Errorf("node --test %s: %w\n%s", strings.Join(scripts, " "), err, out.String())
			return
		}
		done <- nil
	}()
	return done
}

// need finds a program by the first of its names that there is.
func need(t testing.TB, pkg string, names ...string) string {
	t.Helper()
	for _, name := range names {
		if name == "" {
			continue
		}
		if file, err := exec.LookPath(name); err == nil {
			return file
		}
	}
	t.Skipf("the browser tests need %s: on Debian, apt-get install %s", pkg, pkg)
	return ""
}

// folder is where the page's sources are.
func folder(t testing.TB) string {
	t.Helper()
	_, file, _, ok := runtime.Caller(0)
	if !ok {
		t.Fatal("the program doesn't know its sources")
	}
	return filepath.Join(filepath.Dir(file), "..")
}
