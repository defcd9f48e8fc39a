// Package client_test holds the TypeScript client to the API: its types are made of the
// description that is served, it compiles, and its example follows a count.
package client_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tallystream/tallystream/functions/dashboard"
	"github.com/tallystream/tallystream/functions/dashboard/internal/sample"
	"github.com/tallystream/tallystream/functions/dashboard/openapi"
	"github.com/tallystream/tallystream/functions/dashboard/results"
	"github.com/tallystream/tallystream/functions/dashboard/snapshot"
	"github.com/tallystream/tallystream/shared/goldentest"
)

// tool is a program of the npm packages; the test is skipped where they are missing.
func tool(t *testing.T, name string) string {
	t.Helper()
	if _, err := exec.LookPath("node"); err != nil {
		t.Skip("the client is tried with Node.js: on Debian, apt-get install nodejs")
	}
	file := filepath.Join("node_modules", ".bin", name)
	if _, err := os.Stat(file); err != nil {
		t.Skip("the client is made with npm packages: run make client")
	}
	return file
}

// run runs a program and returns what it says.
func run(t *testing.T, name string, args ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute) // seconds, on an idle machine
	defer cancel()
	cmd := exec.CommandContext(ctx, name, args...)
	var stderr bytes.Buffer
	cmd.Stderr, cmd.WaitDelay = &stderr, time.Second
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s%s", name, strings.Join(args, " "), errors.Join(err, ctx.Err()), out, stderr.Bytes())
	}
	return string(out)
}

func TestTypesAreTheDescription(t *testing.T) {
	generator := tool(t, "openapi-typescript")
	description, err := openapi.Document()
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "openapi.json")
	if err := os.WriteFile(file, description.Body(), 0o600); err != nil {
		t.Fatal(err)
	}
	goldentest.File(t, "api.ts", run(t, generator, file), "run make client")
}

// TestExample compiles the client and has its example follow a count in which each look
// finds more.
func TestExample(t *testing.T) {
	compiler := tool(t, "tsc")
	out := t.TempDir()
	run(t, compiler, "--outDir", out)
	if err := os.WriteFile(filepath.Join(out, "package.json"), []byte(`{"type":"module"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	e := sample.Election(t)
	step := 0
	store := &sample.Store{Next: func(context.Context) (*snapshot.Snapshot, error) {
		step++
		return sample.Simulate(e, 3000, min(0.5+0.01*float64(step), 0.95)), nil
	}}
	h, err := dashboard.NewHandler(dashboard.Config{
		Rules: results.Rules{
			Election: e, Topics: snapshot.Topics{Votes: "votes", Voters: "voters"},
			Refresh: 50 * time.Millisecond, MaxAge: 10 * time.Second, FinalAfter: 5 * time.Minute, DelayedAfter: 2 * time.Minute,
		},
		QueryTimeout: 30 * time.Second, StreamTime: 4 * time.Minute, Streams: 10,
	}, store, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(h)
	defer server.Close()
	defer func() { _ = h.Close(context.Background()) }()
	said := run(t, "node", filepath.Join(out, "example.js"), server.URL+"/", "3")
	if n := strings.Count(said, " votes.\n"); n != 3 {
		t.Errorf("the example tells of %d results, want 3:\n%s", n, said)
	}
	for _, c := range e.Candidates[:2] {
		if strings.Count(said, c.Name+": ") < 3 {
			t.Errorf("the example doesn't tell of %s each time:\n%s", c.Name, said)
		}
	}
}
