// Package architecture holds the tests of who may import whom.
package architecture

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"strings"
	"testing"
)

const module = "github.com/tallystream/tallystream"

type pkg struct {
	ImportPath string
	Imports    []string
	Deps       []string
}

// list returns the packages of the module, by what a build of them needs: tests
// may import more.
func list(t *testing.T) []pkg {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", "list", "-json=ImportPath,Imports,Deps", module+"/...")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var all []pkg
	for dec := json.NewDecoder(out); ; {
		var p pkg
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

// part is the top-level folder of a package of ours, "" for another's.
func part(importPath string) string {
	rest, ours := strings.CutPrefix(importPath, module+"/")
	if !ours {
		return ""
	}
	top, _, _ := strings.Cut(rest, "/")
	return top
}

// Imports go one way: local → functions, emulator, shared; functions → shared.
func TestImportsGoOneWay(t *testing.T) {
	allowed := map[string]string{
		"shared":    "shared",
		"functions": "shared",
		"emulator":  "emulator",
		"local":     "local functions emulator shared",
		"terraform": "", // its tests read the code that it configures
	}
	seen := map[string]bool{}
	for _, p := range list(t) {
		from := part(p.ImportPath)
		may, known := allowed[from]
		if !known {
			t.Errorf("%s is in no part that the design knows", p.ImportPath)
			continue
		}
		seen[from] = true
		for _, imported := range p.Imports {
			to := part(imported)
			if to == "" || strings.Contains(may, to) || sameFunction(p.ImportPath, imported) {
				continue
			}
			t.Errorf("%s imports %s: %s may import %s", p.ImportPath, imported, from, may)
		}
	}
	for from := range allowed {
		if !seen[from] {
			t.Errorf("no package of %s was listed", from)
		}
	}
}

// sameFunction reports whether both packages belong to one function: functions
// don't know each other.
func sameFunction(from, to string) bool {
	name := func(path string) string {
		rest := strings.TrimPrefix(path, module+"/functions/")
		top, _, _ := strings.Cut(rest, "/")
		return top
	}
	return part(from) == "functions" && part(to) == "functions" && name(from) == name(to)
}

// What only an emulator needs must not travel to the cloud.
func TestNoFunctionLinksTheEmulators(t *testing.T) {
	heavy := []string{
		"github.com/duckdb/",
		"github.com/goccy/go-googlesql",
		"github.com/twmb/franz-go/pkg/kfake",
		"cloud.google.com/go/pubsub/v2/pstest",
	}
	checked := 0
	for _, p := range list(t) {
		if from := part(p.ImportPath); from != "functions" && from != "shared" {
			continue
		}
		checked++
		for _, dep := range p.Deps {
			for _, h := range heavy {
				if strings.HasPrefix(dep, h) {
					t.Errorf("%s links %s", p.ImportPath, dep)
				}
			}
		}
	}
	if checked == 0 {
		t.Error("no function was checked")
	}
}
