package dashboard

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// order is that of the packages: each may import those before it, and none after it.
var order = []string{
	"httpdoc",         // a document with its tag and headers
	"web",             // embedded files, and their names with hashes
	"web/browser",     // runs the page's tests in a browser; for tests
	"text",            // words, numbers and dates
	"snapshot",        // reads the analytics tables
	"internal/sample", // makes tables; for tests
	"filter",          // what a reader chooses
	"disclosure",      // what may be shown
	"results",         // the document through a filter
	"delta",           // what has changed between two versions
	"export",          // sections as JSON and CSV
	"page",            // HTML
	"refresh",         // one query per refresh, and what is served of it
	"stream",          // server-sent events
	"",                // wires and routes
}

// TestPackagesImportOneWay holds the packages to their order, with their tests.
func TestPackagesImportOneWay(t *testing.T) {
	const root = "github.com/tallystream/tallystream/functions/dashboard"
	position := func(path string) int {
		name, ours := strings.CutPrefix(path+"/", root+"/")
		if !ours {
			return -1
		}
		at := slices.Index(order, strings.TrimSuffix(name, "/"))
		if at < 0 {
			t.Errorf("%s isn't in the order of the packages", path)
		}
		return at
	}
	cmd := exec.CommandContext(t.Context(), "go", "list", "-json=ImportPath,Imports,TestImports,XTestImports", "./...")
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; seen++ {
		var p struct {
			ImportPath                         string
			Imports, TestImports, XTestImports []string
		}
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		for _, imported := range slices.Concat(p.Imports, p.TestImports, p.XTestImports) {
			if position(imported) >= position(p.ImportPath) && position(imported) >= 0 {
				t.Errorf("%s imports %s, which comes after it", p.ImportPath, imported)
			}
		}
		if slices.ContainsFunc(p.Imports, func(name string) bool {
			return slices.Contains([]string{root + "/internal/sample", root + "/web/browser"}, name)
		}) {
			t.Errorf("%s imports a package for tests", p.ImportPath)
		}
	}
	if seen != len(order) {
		t.Errorf("%d packages were listed, the order has %d", seen, len(order))
	}
}
