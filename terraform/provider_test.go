package terraform

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// workspace is a copy of this directory, as it stands in the repository, in
// which terraform may leave what it leaves.
type workspace struct {
	dir     string // of the copy
	plugins string // downloaded once for all directories
	env     []string
}

// newWorkspace copies the configuration and initialises it. It skips the test
// where terraform or the Google provider can't be had.
func newWorkspace(t *testing.T) workspace {
	t.Helper()
	if testing.Short() {
		t.Skip("-short: terraform isn't run")
	}
	if _, err := exec.LookPath("terraform"); err != nil {
		t.Skipf("terraform isn't run: %v", err)
	}
	top := t.TempDir()
	w := workspace{dir: filepath.Join(top, "terraform"), plugins: filepath.Join(top, "plugins")}
	for from, to := range map[string]string{".": w.dir, "../shared/warehouse": filepath.Join(top, "shared", "warehouse")} {
		if err := os.CopyFS(to, os.DirFS(from)); err != nil {
			t.Fatal(err)
		}
	}
	// What a deployment from this directory has left is no part of it.
	for _, left := range []string{".terraform", "backend_override.tf", "backends", "states", "terraform.tfstate", "terraform.tfstate.d"} {
		if err := os.RemoveAll(filepath.Join(w.dir, left)); err != nil {
			t.Fatal(err)
		}
	}
	for _, dir := range []string{w.plugins, filepath.Join(top, "dist")} {
		if err := os.Mkdir(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	// Where the root looks for the archive.
	if err := os.WriteFile(filepath.Join(top, "dist", "tallystream.zip"), []byte("an archive"), 0o644); err != nil {
		t.Fatal(err)
	}
	if out, err := w.run(t, ".", "init", "-backend=false", "-input=false"); err != nil {
		t.Skipf("terraform isn't run: the Google provider can't be had here (%v): %.300s", err, strings.Join(strings.Fields(out), " "))
	}
	return w
}

// run runs terraform in a directory of the workspace. Planning new resources
// asks nobody, but the provider wants a token to begin with.
func (w workspace) run(t *testing.T, dir string, args ...string) (string, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "terraform", append([]string{"-chdir=" + filepath.Join(w.dir, dir)}, args...)...)
	cmd.WaitDelay = time.Second // its plugins have its output, too
	cmd.Env = append(os.Environ(), "GOOGLE_OAUTH_ACCESS_TOKEN=none", "TF_IN_AUTOMATION=1", "TF_CLI_ARGS=-no-color",
		"TF_PLUGIN_CACHE_DIR="+w.plugins, "TF_PLUGIN_CACHE_MAY_BREAK_DEPENDENCY_LOCK_FILE=true",
		"TF_REGISTRY_DISCOVERY_RETRY=0", "CHECKPOINT_DISABLE=1")
	cmd.Env = append(cmd.Env, w.env...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	if err != nil && ctx.Err() != nil {
		err = errors.Join(err, ctx.Err())
	}
	if err != nil {
		return stdout.String() + stderr.String(), err
	}
	return stdout.String(), nil
}

// must runs terraform and fails the test where that fails.
func (w workspace) must(t *testing.T, dir string, args ...string) string {
	t.Helper()
	out, err := w.run(t, dir, args...)
	if err != nil {
		t.Fatalf("terraform %s in %s: %v\n%s", strings.Join(args, " "), dir, err, out)
	}
	return out
}

// examples are the configurations that are planned, with their inputs.
var examples = map[string][]string{
	"examples/small":             {"-var=project_id=springfield-votes", `-var=brokers=["kafka.example.org:9092"]`},
	"examples/national":          {"-var=project_id=national-votes", `-var=alert_emails=["night@example.org"]`},
	"examples/national-postgres": {"-var=project_id=national-votes", `-var=alert_emails=["night@example.org"]`},
}

// With the real provider: the configuration is valid, its own tests pass, and
// its examples can be planned, twice with the same result.
func TestWithProvider(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	t.Run("validate", func(t *testing.T) { w.must(t, ".", "validate") })
	for dir, inputs := range examples {
		t.Run(dir, func(t *testing.T) {
			w.must(t, dir, "init", "-backend=false", "-input=false")
			w.must(t, dir, "validate")
			// A plan needs the backend that init left out.
			if err := os.WriteFile(filepath.Join(w.dir, dir, "backend_override.tf"), []byte("terraform {\n  backend \"local\" {}\n}\n"), 0o644); err != nil {
				t.Fatal(err)
			}
			w.must(t, dir, "init", "-input=false", "-reconfigure")
			first, second := w.plan(t, dir, inputs), w.plan(t, dir, inputs)
			if diff := cmp.Diff(first, second); diff != "" {
				t.Errorf("two plans from the same inputs differ:\n%s", diff)
			}
			checkPlan(t, first)
		})
	}
	t.Run("test", func(t *testing.T) {
		if out, err := w.run(t, ".", "test"); err != nil {
			t.Errorf("terraform test: %v\n%s", err, out)
		}
	})
}

// plan is what terraform means to create.
func (w workspace) plan(t *testing.T, dir string, inputs []string) plan {
	t.Helper()
	w.must(t, dir, append([]string{"plan", "-input=false", "-out=plan"}, inputs...)...)
	var p plan
	if err := json.Unmarshal([]byte(w.must(t, dir, "show", "-json", "plan")), &p); err != nil {
		t.Fatal(err)
	}
	if len(p.Changes) == 0 {
		t.Fatalf("terraform plans nothing in %s", dir)
	}
	return p
}
