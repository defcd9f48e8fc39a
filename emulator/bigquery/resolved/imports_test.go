package resolved_test

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const (
	emulator = "github.com/tallystream/tallystream/emulator/bigquery"
	google   = "github.com/goccy/go-googlesql"
)

// listed is a package as go list prints it.
type listed struct {
	ImportPath, ForTest string
	Imports, Deps       []string
}

func list(t *testing.T, args ...string) []listed {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", append([]string{"list", "-json=ImportPath,ForTest,Imports,Deps"}, args...)...)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var all []listed
	for dec := json.NewDecoder(out); ; {
		var p listed
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
	if err := cmd.Wait(); err != nil {
		t.Fatalf("go list: %v", err)
	}
	return all
}

// Google's analyzer is behind one package. It takes minutes to compile, and what
// links it meets neither the race detector nor staticcheck in make test.
func TestOnlyTheAnalyzerImportsGoogles(t *testing.T) {
	may := []string{
		emulator,               // wires the analyzer to the engine
		emulator + "/analyzer", // imports it
		emulator + "/sqltest",  // tests the whole
		emulator + "/conformance",
	}
	all := list(t, "-test", emulator+"/...")
	if len(all) < 20 {
		t.Fatalf("go list names %d packages only", len(all))
	}
	for _, p := range all {
		name, _, _ := strings.Cut(p.ImportPath, " ")
		name = strings.TrimSuffix(strings.TrimSuffix(name, ".test"), "_test")
		if slices.ContainsFunc(p.Imports, isGoogles) && name != emulator+"/analyzer" {
			t.Errorf("%s imports %s: only package analyzer may", p.ImportPath, google)
		}
		if slices.ContainsFunc(p.Deps, isGoogles) && strings.HasPrefix(name, emulator) && !slices.Contains(may, name) {
			t.Errorf("%s links %s: tests that need it go to package sqltest", p.ImportPath, google)
		}
	}
}

func isGoogles(path string) bool { return strings.HasPrefix(path, google) }

// Packages import one way: from the server down to the types.
func TestLayers(t *testing.T) {
	layers := [][]string{ // each may import those below it
		{"conformance", "sqltest", ""},
		{"rest", "storagewrite", "analyzer"},
		{"engine", "rest/load"},
		{"store", "infoschema", "script"},
		{"translate", "catalog", "duck"},
		{"functions"},
		{"function"},
		{"ducksql", "resolved"},
		{"types", "bqerror"},
	}
	layer := func(path string) int {
		name := strings.TrimPrefix(strings.TrimPrefix(path, emulator), "/")
		for name != "" {
			for i, l := range layers {
				if slices.Contains(l, name) {
					return i
				}
			}
			name = name[:max(strings.LastIndexByte(name, '/'), 0)]
		}
		return 0
	}
	for _, p := range list(t, emulator+"/...") {
		for _, imported := range p.Imports {
			if strings.HasPrefix(imported, emulator) && layer(imported) < layer(p.ImportPath) {
				t.Errorf("%s imports %s, which is above it", p.ImportPath, imported)
			}
		}
	}
}
