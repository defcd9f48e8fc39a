package bigquery_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tallystream/tallystream/emulator/bigquery"
	"github.com/tallystream/tallystream/emulator/bigquery/bucket"
)

// clients holds the programs of other languages.
const clients = "clients"

// forClients starts an emulator, and returns what tells clients of it as environment variables.
func forClients(t *testing.T) []string {
	t.Helper()
	s := startWith(t, bigquery.Options{Buckets: bucket.Folder(t.TempDir())})
	return []string{"BIGQUERY_EMULATOR_HOST=http://" + s.REST(), "BIGQUERY_STORAGE_EMULATOR_HOST=" + s.GRPC()}
}

// installed is the path of what make clients installs. The test is skipped where it isn't there.
func installed(t *testing.T, path string) string {
	t.Helper()
	path, err := filepath.Abs(filepath.Join(clients, filepath.FromSlash(path)))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); err != nil {
		t.Skipf("%s is missing: make clients installs the clients", path)
	}
	return path
}

// longest is how long a program may take. On an idle machine each takes less than a minute.
const longest = 10 * time.Minute

// runs runs a program in a folder of the clients, which fails unless it gets the right answers, and returns what it prints.
func runs(t *testing.T, env []string, dir, program string, args ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), longest)
	defer cancel()
	c := exec.CommandContext(ctx, program, args...)
	c.Dir, c.Env, c.WaitDelay = filepath.Join(clients, dir), append(os.Environ(), env...), time.Second
	out, err := c.CombinedOutput()
	if err != nil {
		t.Errorf("%s: %v\n%s", strings.Join(args, " "), errors.Join(err, ctx.Err()), out)
	}
	if c.ProcessState != nil {
		t.Logf("%s took %.1f s of a processor", filepath.Base(program), (c.ProcessState.UserTime() + c.ProcessState.SystemTime()).Seconds())
	}
	return string(out)
}

// TestClients runs programs in other languages, each with the right answer in it, with the clients that people use:
// those of Google for Python, Node and Java, and what stands on them, dbt and dlt among it.
func TestClients(t *testing.T) {
	t.Run("python", func(t *testing.T) { pythonPrograms(t, "python") })
	t.Run("frameworks", func(t *testing.T) { pythonPrograms(t, "frameworks", "PYTHONPATH="+installed(t, "python")) })
	t.Run("dlt", func(t *testing.T) { pythonPrograms(t, "dlt") })
	t.Run("dbt", func(t *testing.T) { pythonPrograms(t, "dbt") })
	t.Run("node", nodeProgram)
	t.Run("java", javaProgram)
	t.Run("bq", bqCommands)
}

// pythonPrograms runs the programs of a folder, which has a virtual environment.
func pythonPrograms(t *testing.T, dir string, more ...string) {
	python := installed(t, dir+"/.venv/bin/python")
	programs, err := filepath.Glob(filepath.Join(clients, dir, "*.py"))
	if err != nil || len(programs) == 0 {
		t.Fatalf("programs %v, %v", programs, err)
	}
	// What a program compiles of its libraries the next one reads, and the environment stays as it is.
	env := append(forClients(t), append(more, "PYTHONDONTWRITEBYTECODE=", "PYTHONPYCACHEPREFIX="+t.TempDir())...)
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

func nodeProgram(t *testing.T) {
	installed(t, "node/node_modules/@google-cloud/bigquery")
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skipf("Node.js is missing: %v", err)
	}
	runs(t, forClients(t), "node", node, "client.mjs")
}

func javaProgram(t *testing.T) {
	jars := installed(t, "java/jars")
	java, err := exec.LookPath("java")
	if err != nil {
		t.Skipf("Java is missing: %v", err)
	}
	runs(t, forClients(t), "java", java, "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-cp", filepath.Join(jars, "*"), "Client.java")
}

// bqCommands runs commands of bq, which comes with gcloud, one after the other.
func bqCommands(t *testing.T) {
	bq, err := exec.LookPath("bq")
	if err != nil {
		t.Skipf("bq is missing: %v", err)
	}
	env := append(forClients(t), "HOME="+t.TempDir(), "CLOUDSDK_CONFIG="+t.TempDir())
	rows := filepath.Join(t.TempDir(), "rows.csv")
	if err := os.WriteFile(rows, []byte("Rivera,3\nOsei,2\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args string
		want string // in what it prints
	}{
		{"mk --dataset --label=a:1 --description=counts demo:bq_client", ""},
		{"load --source_format=CSV demo:bq_client.counts " + rows + " candidate:STRING,votes:INTEGER", ""},
		{"query --nouse_legacy_sql --format=csv --parameter=least:INT64:3 SELECT|candidate|FROM|bq_client.counts|WHERE|votes>=@least", "Rivera"},
		{"show --format=json --dataset demo:bq_client", `"a":"1"`},
		{"cp -f demo:bq_client.counts demo:bq_client.copied", ""},
		{"extract demo:bq_client.copied gs://votes/counts.csv", ""},
		{"ls --format=json demo:bq_client", `"tableId":"copied"`},
		{"rm -r -f -d demo:bq_client", ""},
	} {
		args := []string{"--api", strings.TrimPrefix(env[0], "BIGQUERY_EMULATOR_HOST="), "--project_id=demo", "--oauth_access_token=none", "--nouse_google_auth", "--quiet"}
		for _, a := range strings.Fields(c.args) {
			args = append(args, strings.ReplaceAll(a, "|", " "))
		}
		out := runs(t, env, ".", bq, args...)
		if !strings.Contains(strings.ReplaceAll(out, " ", ""), c.want) {
			t.Errorf("bq %s prints %q, want %q", c.args, out, c.want)
		}
	}
}
