package architecture

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// Within an area a package, with the tests in it, imports only packages that stand above
// it in the file map, so that the map can be read from the top.
func TestLayers(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "..", "docs", "filemap.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, lists, _ := strings.Cut(string(text), "\n## shared")
	var order []string
	for _, m := range quoted.FindAllStringSubmatch(lists, -1) {
		order = append(order, m[1])
	}
	layered := []string{"shared", "emulator/pubsub", "emulator/bigquery", "functions/dashboard"}
	checked := 0
	for _, p := range list(t, module+"/...") {
		path, _ := inModule(p.ImportPath)
		area := slices.IndexFunc(layered, func(folder string) bool { return within(path, folder) })
		if area < 0 {
			continue
		}
		checked++
		for _, imported := range slices.Concat(p.Imports, p.TestImports) {
			to, ours := inModule(imported)
			// The package that gives its name to an area wires those below it.
			if !ours || !within(to, layered[area]) || path == layered[area] {
				continue
			}
			if slices.Index(order, to) > slices.Index(order, path) {
				t.Errorf("%s imports %s, which stands below it in docs/filemap.md", path, to)
			}
		}
	}
	if checked < 50 {
		t.Errorf("only %d packages were checked", checked)
	}
}

// Packages that hold what tests share are imported by tests alone.
func TestPackagesForTests(t *testing.T) {
	forTests := []string{
		"emulator/bigquery/functions/cases", "emulator/cloud/build/buildtest", "emulator/cloud/gcloudtest", "emulator/internal/loopback/loopbacktest",
		"functions/dashboard/internal/sample", "functions/dashboard/web/browser", "functions/ingest/appendertest",
		"local/cli/clitest", "local/stress/torture/torturetest", "local/test/bigquerytest", "local/test/e2e/damage", "local/test/e2e/e2etest",
		"shared/errortest", "shared/goldentest", "shared/heaptest",
	}
	seen := map[string]bool{}
	for _, p := range list(t, module+"/...") {
		path, _ := inModule(p.ImportPath)
		seen[path] = true
		for _, imported := range p.Imports {
			if to, ours := inModule(imported); ours && slices.Contains(forTests, to) && !slices.Contains(forTests, path) {
				t.Errorf("%s imports %s, which is for tests", path, to)
			}
		}
	}
	for _, path := range forTests {
		if !seen[path] {
			t.Errorf("there is no package %s", path)
		}
	}
}
