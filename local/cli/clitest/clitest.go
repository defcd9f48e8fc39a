// Package clitest runs command lines in tests.
package clitest

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/tallystream/tallystream/local/cli"
	"github.com/tallystream/tallystream/local/console"
	"github.com/tallystream/tallystream/shared/config"
)

// Program is the command line with what it links of the emulators.
type Program struct{ Emulators cli.Emulators }

// Run runs a command line in an environment, and returns its exit status and
// what it wrote.
func (p Program) Run(t *testing.T, env map[string]string, args ...string) (status int, stdout, stderr string) {
	t.Helper()
	var out, err bytes.Buffer
	h := &cli.Host{Stdout: &out, Console: console.Plain(&err), Getenv: config.FromMap(env)}
	status = cli.Main(t.Context(), h, p.Emulators, args)
	return status, out.String(), err.String()
}

// LastLine decodes the last line of standard output, which is JSON.
func LastLine(t *testing.T, stdout string, into any) {
	t.Helper()
	lines := strings.Split(strings.TrimRight(stdout, "\n"), "\n")
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), into); err != nil {
		t.Fatalf("the last line isn't JSON: %v\n%s", err, stdout)
	}
}
