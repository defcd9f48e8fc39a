package clients_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tallystream/tallystream/emulator/bigquery"
	"github.com/tallystream/tallystream/emulator/bigquery/bucket"
)

// emulator is one of the test's own, as environment variables.
func emulator(t *testing.T) []string {
	t.Helper()
	s, err := bigquery.Start(t.Context(), bigquery.Options{Buckets: bucket.Folder(t.TempDir())})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return []string{"BIGQUERY_EMULATOR_HOST=http://" + s.REST(), "BIGQUERY_STORAGE_EMULATOR_HOST=" + s.GRPC()}
}

// installed is the path of what make clients installs. The test is skipped where it isn't there.
func installed(t *testing.T, path string) string {
	t.Helper()
	path, err := filepath.Abs(filepath.FromSlash(path))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); err != nil {
		t.Skipf("%s is missing: make clients installs the clients", path)
	}
	return path
}

// runs runs a program of the folder, which fails unless it gets the right answers.
func runs(t *testing.T, env []string, dir, program string, args ...string) {
	t.Helper()
	c := exec.CommandContext(t.Context(), program, args...)
	c.Dir, c.Env = dir, append(os.Environ(), env...)
	if out, err := c.CombinedOutput(); err != nil {
		t.Errorf("%s: %v\n%s", strings.Join(args, " "), err, out)
	}
}

func TestPython(t *testing.T) { pythonPrograms(t, "python") }

func TestDLT(t *testing.T) { pythonPrograms(t, "dlt") }

func TestDBT(t *testing.T) { pythonPrograms(t, "dbt") }

// pythonPrograms runs the programs of a folder, which has a virtual environment.
func pythonPrograms(t *testing.T, dir string) {
	python := installed(t, dir+"/.venv/bin/python")
	programs, err := filepath.Glob(filepath.Join(dir, "*.py"))
	if err != nil || len(programs) == 0 {
		t.Fatalf("programs %v, %v", programs, err)
	}
	env := append(emulator(t), "PYTHONDONTWRITEBYTECODE=1")
	for _, p := range programs {
		name := filepath.Base(p)
		if name == "reach.py" { // the others import it
			continue
		}
		t.Run(strings.TrimSuffix(name, ".py"), func(t *testing.T) {
			runs(t, append(env, "HOME="+t.TempDir(), "TMPDIR="+t.TempDir()), dir, python, name)
		})
	}
}

func TestNode(t *testing.T) {
	installed(t, "node/node_modules/@google-cloud/bigquery")
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skipf("Node.js is missing: %v", err)
	}
	runs(t, emulator(t), "node", node, "client.mjs")
}

func TestJava(t *testing.T) {
	jars := installed(t, "java/jars")
	java, err := exec.LookPath("java")
	if err != nil {
		t.Skipf("Java is missing: %v", err)
	}
	runs(t, emulator(t), "java", java, "-cp", filepath.Join(jars, "*"), "Client.java")
}
