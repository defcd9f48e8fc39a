package terraform

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	emulator "github.com/tallystream/tallystream/emulator/cloud"
)

// deployed is a deployment in a local cloud that is a process of its own, with the commands
// that operators use.
type deployed struct {
	workspace
	program string // the command line
	dir     string // of the cloud
	access  emulator.Access
}

// patience is how long something that must come may take.
const patience = 10 * time.Minute

// longest is how long a command may take: terraform builds and deploys all functions in one.
const longest = 25 * time.Minute

// lifetime is how long the cloud is there at most: less than the tests of a package may take.
const lifetime = 50 * time.Minute

// newDeployed starts a local cloud. It skips the test where a tool is missing.
func newDeployed(t *testing.T) *deployed {
	t.Helper()
	w := newWorkspace(t)
	if runtime.GOOS != "linux" {
		t.Skipf("on %s terraform doesn't take the authority of the local cloud's proxy: the functions aren't deployed", runtime.GOOS)
	}
	for tool, what := range map[string]string{"gcloud": "gcloud", "bq": "bq", "gcc": "a C compiler, for the BigQuery emulator"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("the functions aren't deployed to the local cloud: this machine lacks %s", what)
		}
	}
	d := &deployed{workspace: w, program: filepath.Join(t.TempDir(), "tallystream"), dir: t.TempDir()}
	d.quietly(t, "..", "go", "build", "-o", d.program, "./local")
	d.up(t)
	// What a shell has that is led to the cloud, of the exports that are meant for one.
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, "env", "-i", "sh", "-c", `eval "$("$0" cloud env --dir "$1")" && /usr/bin/env`, d.program, d.dir)
	variables, err := cmd.Output()
	if err != nil {
		t.Fatalf("cloud env: %v", errors.Join(err, ctx.Err()))
	}
	for _, v := range strings.Split(strings.TrimSpace(string(variables)), "\n") {
		if !strings.HasPrefix(v, "PATH=") && !strings.HasPrefix(v, "PWD=") {
			d.env = append(d.env, v)
		}
	}
	if d.access, err = emulator.LoadAccess(d.dir); err != nil {
		t.Fatal(err)
	}
	return d
}

// output is what a process has written, which others read while it runs.
type output struct {
	mu   sync.Mutex
	text bytes.Buffer
	more chan struct{} // has something after each write
}

func (o *output) Write(b []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	select {
	case o.more <- struct{}{}:
	default:
	}
	return o.text.Write(b)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

// up starts the cloud, and stops it as Ctrl-C does.
func (d *deployed) up(t *testing.T) {
	t.Helper()
	said := &output{more: make(chan struct{}, 1)}
	// It outlives the test's context, since it is interrupted when the test ends.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), lifetime)
	cmd := exec.CommandContext(ctx, d.program, "cloud", "up", "--free-ports", "--project", electionProject, "--dir", d.dir)
	cmd.Stderr = said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() {
		defer cancel()
		ended <- cmd.Wait()
	}()
	late := time.After(patience)
	for !strings.Contains(said.String(), "Ready after") {
		select {
		case <-said.more:
		case err := <-ended:
			t.Fatalf("cloud up ended: %v\n%s", err, said)
		case <-late:
			_ = cmd.Process.Kill()
			t.Fatalf("cloud up isn't ready within %v:\n%s", patience, said)
		}
	}
	t.Logf("$ go run ./local cloud up\n%s", said)
	t.Cleanup(func() {
		if err := cmd.Process.Signal(os.Interrupt); err != nil {
			t.Error(err)
		}
		if err := <-ended; err != nil {
			t.Errorf("cloud up: %v", err)
		}
		if t.Failed() {
			t.Logf("cloud up said:\n%s", said)
		}
	})
}

// does runs a command that is led to the cloud, in a folder. It returns what the command
// wrote to standard output, and tells of what it wrote there and to standard error.
func (d *deployed) does(t *testing.T, dir string, command ...string) string {
	t.Helper()
	stdout, stderr := d.quietly(t, dir, command...)
	d.tell(t, command, stderr+stdout)
	return strings.TrimSpace(stdout)
}

// comes runs a command until it prints something.
func (d *deployed) comes(t *testing.T, want string, command ...string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	for {
		out, _ := d.quietly(t, ".", command...)
		if strings.Contains(out, want) {
			d.tell(t, command, out)
			return
		}
		if ctx.Err() != nil {
			t.Fatalf("%s never printed %s, and now\n%s", strings.Join(command, " "), want, out)
		}
	}
}

// tell shows a command as somebody would type it, and its output.
func (d *deployed) tell(t *testing.T, command []string, out string) {
	t.Helper()
	t.Logf("$ %s\n%s", strings.ReplaceAll(strings.Join(command, " "), d.program+" ", "go run ./local "), out)
}

// quietly runs a command that must succeed, and tells nothing of what it wrote.
func (d *deployed) quietly(t *testing.T, dir string, command ...string) (stdout, stderr string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), longest)
	defer cancel()
	cmd := exec.CommandContext(ctx, command[0], command[1:]...)
	cmd.Dir, cmd.Env, cmd.WaitDelay = dir, append(os.Environ(), d.env...), time.Second
	var out, err bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &err
	if failed := cmd.Run(); failed != nil {
		t.Fatalf("%s: %v\n%s%s", strings.Join(command, " "), errors.Join(failed, ctx.Err()), &out, &err)
	}
	return out.String(), err.String()
}

// page is what the dashboard answers to somebody who shows a token.
func (d *deployed) page(t *testing.T, path, identity string) (int, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, d.must(t, ".", "output", "-raw", "dashboard_url")+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	if identity != "" {
		r.Header.Set("Authorization", "Bearer "+identity)
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var body bytes.Buffer
	if _, err := body.ReadFrom(response.Body); err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, body.String()
}

// shown waits until the page tells of so many votes.
func (d *deployed) shown(t *testing.T, votes, identity string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	for {
		status, body := d.page(t, "/api/v1/results", identity)
		var results struct {
			Totals struct{ Votes json.Number }
		}
		if status == http.StatusOK {
			if err := json.Unmarshal([]byte(body), &results); err != nil {
				t.Fatal(err)
			}
		}
		if results.Totals.Votes.String() == votes {
			t.Logf("$ curl …/api/v1/results\n%s votes", votes)
			return
		}
		if ctx.Err() != nil {
			t.Fatalf("the page never told of %s votes, and now %d %.2000s", votes, status, body)
		}
	}
}
