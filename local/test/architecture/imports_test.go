package architecture

import (
	"slices"
	"strings"
	"testing"
)

// area is a folder with what its packages may import of this module.
type area struct {
	folder string
	may    []string // folders
	tests  []string // folders that its tests may import besides
}

// areas are the folders that have a rule. The longest one that holds a package is
// the package's.
var areas = []area{
	{folder: "shared", may: []string{"shared"}},
	// Each function is an area of its own: functions don't know each other.
	{folder: "functions/aggregate", may: []string{"functions/aggregate", "shared"}},
	{folder: "functions/bridge", may: []string{"functions/bridge", "shared"}},
	{folder: "functions/dashboard", may: []string{"functions/dashboard", "shared"}},
	{folder: "functions/ingest", may: []string{"functions/ingest", "shared"}},
	{folder: "emulator", may: []string{"emulator"}},
	// The tests of the configuration read the code that it configures.
	{folder: "terraform", tests: []string{"functions", "shared", "local/settings"}},

	// What several rooms use.
	{folder: "local/console"},
	{folder: "local/gocommand"},
	{folder: "local/postgres", may: []string{"emulator/buffer", "emulator/process", "shared/postgres"}, tests: []string{"local/test/postgrestest", "shared/postgres"}},
	{folder: "local/query", may: []string{"shared"}},
	{folder: "local/settings", tests: []string{"shared"}},
	{folder: "local/serve", may: []string{"functions"}},
	// What operators use knows the stages, and nothing that runs or simulates them.
	{folder: "local/operate", may: []string{"local/operate", "local/gocommand", "local/query", "functions", "shared"},
		tests: []string{"emulator/kafka", "emulator/pubsub", "local/test"}},
	{folder: "local/simulate", may: []string{"local/simulate", "local/query", "shared"}, tests: []string{"emulator/kafka"}},
	{folder: "local/run", may: []string{"local/postgres", "local/query", "local/settings", "functions", "emulator", "shared"}, tests: []string{"local/serve"}},
	{folder: "local/stress", may: []string{
		"local/stress", "local/gocommand", "local/postgres", "local/query", "local/run", "local/settings",
		"local/operate", "local/simulate", "functions", "emulator", "shared",
	}, tests: []string{"local/serve", "local/test"}},
	// The command line without the emulators, and what adds them.
	{folder: "local/cli", may: []string{"local/console", "local/query", "local/settings", "local/operate", "local/simulate", "functions/dashboard", "shared"},
		tests: []string{"local/cli", "local/gocommand"}},
	{folder: "local/cli/clitest", may: []string{"local/cli", "local/console", "shared"}},
	{folder: "local/cli/emulated", may: []string{
		"local/cli", "local/console", "local/query", "local/run", "local/serve", "local/settings", "local/simulate", "local/stress", "shared",
	}},
	{folder: "local/test", may: []string{"local", "functions", "emulator", "shared"}},
	{folder: "local", may: []string{"local/cli"}},
}

// within reports whether a package is the folder's own or in a folder below it.
func within(path, folder string) bool {
	return path == folder || strings.HasPrefix(path, folder+"/")
}

// areaOf is the area of a package.
func areaOf(path string) (area, bool) {
	var found area
	for _, a := range areas {
		if within(path, a.folder) && len(a.folder) > len(found.folder) {
			found = a
		}
	}
	return found, found.folder != ""
}

// Packages import what their area allows, and so do their tests.
func TestImportsGoOneWay(t *testing.T) {
	seen := map[string]bool{}
	for _, p := range list(t, module+"/...") {
		path, _ := inModule(p.ImportPath)
		a, known := areaOf(path)
		if !known {
			t.Errorf("%s is in no folder that has a rule", path)
			continue
		}
		seen[a.folder] = true
		check := func(what string, imports, may []string) {
			for _, imported := range imports {
				to, ours := inModule(imported)
				allowed := func(folder string) bool { return within(to, folder) }
				if ours && to != path && !slices.ContainsFunc(may, allowed) {
					t.Errorf("%s imports %s%s: packages of %s may import %v", path, to, what, a.folder, may)
				}
			}
		}
		check("", p.Imports, a.may)
		inTests := slices.Concat(a.may, a.tests)
		check(" in its tests", p.TestImports, inTests)
		check(" in its tests", p.XTestImports, inTests)
	}
	for _, a := range areas {
		if !seen[a.folder] {
			t.Errorf("no package of %s was listed", a.folder)
		}
	}
}
