package architecture

import (
	"slices"
	"strings"
	"testing"
)

// Google's analyzer is behind one package. It takes minutes to compile, and what
// links it meets neither the race detector nor staticcheck in make test.
func TestOneAnalyzer(t *testing.T) {
	const (
		folder = "emulator/bigquery"
		google = "github.com/goccy/go-googlesql"
	)
	googles := func(path string) bool { return strings.HasPrefix(path, google) }
	link := []string{
		folder,               // wires the analyzer to the engine
		folder + "/analyzer", // imports it
		folder + "/sqltest",  // tests the whole
	}
	checked := 0
	for _, p := range list(t, "-test", module+"/"+folder+"/...") {
		checked++
		path, _ := inModule(p.ImportPath)
		path, _, _ = strings.Cut(path, " ") // what a test adds to a package stands behind it
		path = strings.TrimSuffix(strings.TrimSuffix(path, ".test"), "_test")
		if slices.ContainsFunc(p.Imports, googles) && path != folder+"/analyzer" {
			t.Errorf("%s imports %s: only package analyzer may", path, google)
		}
		if slices.ContainsFunc(p.Deps, googles) && within(path, folder) && !slices.Contains(link, path) {
			t.Errorf("%s links %s: tests that need it go to package sqltest", path, google)
		}
	}
	if checked < 20 {
		t.Errorf("only %d packages were listed", checked)
	}
}
