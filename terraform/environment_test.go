package terraform

import (
	"bytes"
	"io"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tallystream/tallystream/functions/aggregate"
	"github.com/tallystream/tallystream/functions/bridge"
	"github.com/tallystream/tallystream/functions/dashboard"
	"github.com/tallystream/tallystream/functions/ingest"
	"github.com/tallystream/tallystream/shared/config"
	"github.com/tallystream/tallystream/shared/logging"
)

// configs reads each function's configuration from an environment.
var configs = map[string]func(getenv func(string) string) error{
	"aggregate": func(g func(string) string) error { _, err := aggregate.ConfigFrom(g); return err },
	"bridge":    func(g func(string) string) error { _, err := bridge.ConfigFrom(g); return err },
	"dashboard": func(g func(string) string) error { _, err := dashboard.ConfigFrom(g); return err },
	"ingest":    func(g func(string) string) error { _, err := ingest.ConfigFrom(g); return err },
}

// elsewhere are variables that functions read, or one of them does, and a deployment
// doesn't set.
var elsewhere = map[string]string{
	"PUBSUB_EMULATOR_HOST":           "the cloud is no emulator",
	"BIGQUERY_EMULATOR_HOST":         "the cloud is no emulator",
	"BIGQUERY_STORAGE_EMULATOR_HOST": "the cloud is no emulator",
	"K_SERVICE":                      "Cloud Run sets it",
	"bridge DRAIN_SECONDS":           "each call of the schedule says how long it drains",
}

// variablesRead are the variables that a function looks up, whatever they hold.
func variablesRead(read func(getenv func(string) string) error) []string {
	seen := map[string]bool{}
	record := func(name string) string {
		seen[name] = true
		return ""
	}
	_ = read(record) // nothing is set, so that it complains
	logging.New(io.Discard, record)
	return slices.Sorted(maps.Keys(seen))
}

// Each function is told exactly what its configuration asks for.
func TestEnvironment(t *testing.T) {
	root := moduleIn(t, ".")
	functions := root.object(t, root.local(t, "functions"))
	for name, read := range configs {
		t.Run(name, func(t *testing.T) {
			function := root.object(t, functions[name])
			set := slices.Collect(maps.Keys(root.object(t, function["environment"])))
			set = append(set, slices.Collect(maps.Keys(root.object(t, function["secrets"])))...)
			slices.Sort(set)

			want := slices.DeleteFunc(variablesRead(read), func(variable string) bool {
				return elsewhere[variable]+elsewhere[name+" "+variable] != ""
			})
			if diff := cmp.Diff(want, set); diff != "" {
				t.Errorf("variables that the code reads (-) and local.functions sets (+):\n%s", diff)
			}
		})
	}
}

// The map describes the functions that register, by their names.
func TestFunctionNames(t *testing.T) {
	root := moduleIn(t, ".")
	described := slices.Sorted(maps.Keys(root.object(t, root.local(t, "functions"))))

	var registered []string
	files, err := filepath.Glob("../functions/*/function.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		for _, m := range regexp.MustCompile(`function\.Register\("(\w+)"`).FindAllStringSubmatch(readFile(t, file), -1) {
			registered = append(registered, m[1])
		}
	}
	slices.Sort(registered)
	if diff := cmp.Diff(registered, described); diff != "" {
		t.Errorf("functions that register (-) and local.functions (+):\n%s", diff)
	}
	if diff := cmp.Diff(registered, slices.Sorted(maps.Keys(configs))); diff != "" {
		t.Errorf("functions that register (-) and those that these tests know (+):\n%s", diff)
	}
}

// The recorder above sees what a configuration reads, and nothing is lost where
// an earlier variable is wrong.
func TestVariablesRead(t *testing.T) {
	got := variablesRead(func(getenv func(string) string) error {
		env := config.From(getenv)
		env.Required("A", "set it")
		env.Int("B", 1, 0, 2)
		return env.Err()
	})
	want := variablesRead(func(func(string) string) error { return nil })
	want = append(want, "A", "B")
	slices.Sort(want)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("recorded (-want +got):\n%s", diff)
	}
	var buf bytes.Buffer
	logging.New(&buf, config.FromMap(nil)).Info("x")
	if buf.Len() == 0 {
		t.Error("the logger whose variables count writes nothing")
	}
}

// The runtime that is deployed to by default builds what go.mod asks for.
func TestRuntime(t *testing.T) {
	runtime := text(t, moduleIn(t, ".").block(t, "variable", "runtime").Body.Attributes["default"].Expr)
	m := regexp.MustCompile(`(?m)^go (\d+)\.(\d+)`).FindStringSubmatch(readFile(t, "../go.mod"))
	if m == nil {
		t.Fatal("go.mod has no go line")
	}
	if want := "go" + m[1] + m[2]; runtime != want {
		t.Errorf("functions are built by %s, go.mod needs %s", runtime, want)
	}
}
