package architecture

import (
	"slices"
	"strings"
	"testing"
)

// emulatorOnly are libraries that only an emulator needs.
var emulatorOnly = []string{
	"github.com/duckdb/",
	"github.com/goccy/go-googlesql",
	"github.com/twmb/franz-go/pkg/kfake",
	"cloud.google.com/go/pubsub/v2/pstest",
	module + "/emulator",
}

// What only an emulator needs must not travel to the cloud, nor to an operator.
func TestWhatLinksNoEmulator(t *testing.T) {
	free := []string{"functions", "shared", "local/operate", "local/simulate", "local/console", "local/settings"}
	seen := map[string]bool{}
	for _, p := range list(t, module+"/...") {
		path, _ := inModule(p.ImportPath)
		folder := slices.IndexFunc(free, func(folder string) bool { return within(path, folder) })
		if folder < 0 && path != "local/cli" {
			continue
		}
		seen[path] = true
		if folder >= 0 {
			seen[free[folder]] = true
		}
		for _, dep := range p.Deps {
			if slices.ContainsFunc(emulatorOnly, func(library string) bool { return strings.HasPrefix(dep, library) }) {
				t.Errorf("%s links %s", path, dep)
			}
		}
	}
	for _, folder := range append(free, "local/cli") {
		if !seen[folder] {
			t.Errorf("no package of %s was listed", folder)
		}
	}
}

// The operators' tools need no C compiler. The standard library does without one.
func TestOperatorsNeedNoCompiler(t *testing.T) {
	checked := 0
	for _, p := range list(t, "-deps", module+"/local/cli", module+"/local/operate/...", module+"/local/simulate/...") {
		checked++
		if len(p.CgoFiles) > 0 && !p.Standard {
			t.Errorf("the operators' tools link %s, which needs a C compiler for %v", p.ImportPath, p.CgoFiles)
		}
	}
	if checked < 100 {
		t.Errorf("only %d packages were listed", checked)
	}
}

// Google's connector to Cloud SQL is as much to compile as all of a local program: only the
// archive of the functions, and its own test, link it.
func TestWhatLinksTheConnector(t *testing.T) {
	var linking []string
	for _, p := range list(t, module+"/...") {
		if slices.Contains(p.Deps, "cloud.google.com/go/cloudsqlconn") {
			path, _ := inModule(p.ImportPath)
			linking = append(linking, path)
		}
	}
	if want := []string{"shared/postgres/cloudsql"}; !slices.Equal(linking, want) {
		t.Errorf("%v link the connector, want %v", linking, want)
	}
}
