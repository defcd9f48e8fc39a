package cli_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tallystream/tallystream/local/cli"
	"github.com/tallystream/tallystream/local/gocommand"
)

// The program builds without a C compiler. It says what it lacks then, the BigQuery
// emulator, and counts an election in PostgreSQL.
func TestProgramWithoutCompiler(t *testing.T) {
	program := filepath.Join(t.TempDir(), "tallystream")
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Minute) // a minute or two, on an idle machine
	defer cancel()
	// Compiled for this test alone, so without optimizations: that takes a third less time.
	build := []string{"build", "-gcflags=github.com/tallystream/tallystream/...=-N -l", "-ldflags=-s -w", "-o", program, "./local"}
	if _, err := gocommand.Run(ctx, filepath.Join("..", ".."), []string{"CGO_ENABLED=0"}, build...); err != nil {
		t.Fatal(err)
	}
	said := "" // by the last of them
	for _, tt := range []struct {
		args   string
		status int
		want   string
	}{
		{"cost --voters 1000", cli.ExitOK, "together, at list prices"},
		{"verify --cloud", cli.ExitNotAudited, "GOOGLE_CLOUD_PROJECT is not set"},
		{"verify now", cli.ExitUsage, "one argument too many"},
		{"cloud up --free-ports", cli.ExitFailed, "install gcc or clang"},
		{"cloud env --dir none", cli.ExitFailed, "no local cloud was started"},
		{"torture --warehouse bigquery", cli.ExitFailed, "--warehouse postgres"},
		{"torture --seed 2", cli.ExitOK, "Seed 2 passes: every table is right."},
		{"up --warehouse bigquery --free-ports", cli.ExitFailed, "--warehouse postgres"},
		{"up --like cloud --free-ports", cli.ExitFailed, "leave out --like"},
		{"demo --exit --votes 1500 --day-in 2s --free-ports", cli.ExitOK, `"tables_equal_ledger":true`},
	} {
		cmd := exec.CommandContext(ctx, program, strings.Fields(tt.args)...)
		cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "TMPDIR=" + os.TempDir()}
		out, err := cmd.CombinedOutput()
		if ctx.Err() != nil {
			t.Fatalf("%s: %v:\n%s", tt.args, ctx.Err(), out)
		}
		var exit *exec.ExitError
		if err != nil && !errors.As(err, &exit) {
			t.Fatal(err)
		}
		said = string(out)
		if got := cmd.ProcessState.ExitCode(); got != tt.status || !strings.Contains(string(out), tt.want) {
			t.Errorf("%s: status %d, want %d and %q:\n%s", tt.args, got, tt.status, tt.want, out)
		}
	}
	// What it says to do next builds as quickly, and fits a terminal.
	for _, next := range []string{"CGO_ENABLED=0 go run ./local simulate --brokers", "-c 'SELECT candidate, votes, share FROM"} {
		if !strings.Contains(said, next) {
			t.Errorf("the demo doesn't say %q:\n%s", next, said)
		}
	}
}
