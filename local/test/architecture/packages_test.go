package architecture

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

const module = "github.com/tallystream/tallystream"

// pkg is a package as the go command describes it.
type pkg struct {
	ImportPath   string
	Dir          string
	Standard     bool // of the standard library
	GoFiles      []string
	CgoFiles     []string
	Imports      []string
	TestImports  []string // of tests in the package
	XTestImports []string // of tests beside it
	Deps         []string // everything that it links
}

// listed are the packages that list has described, by its arguments: no test changes them.
var listed = map[string][]pkg{}

// list describes the packages that the go command's arguments name.
func list(t *testing.T, args ...string) []pkg {
	t.Helper()
	if all, known := listed[strings.Join(args, " ")]; known {
		return all
	}
	fields := "-json=ImportPath,Dir,Standard,GoFiles,CgoFiles,Imports,TestImports,XTestImports,Deps"
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute) // seconds, on an idle machine
	defer cancel()
	cmd := exec.CommandContext(ctx, "go", append([]string{"list", fields}, args...)...)
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
		// The cache of test results knows what a test opens, and not what the go
		// command opens for it.
		if _, ours := inModule(p.ImportPath); ours {
			if _, err := os.ReadDir(p.Dir); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := cmd.Wait(); err != nil {
		t.Fatalf("go list: %v", errors.Join(err, ctx.Err()))
	}
	listed[strings.Join(args, " ")] = all
	return all
}

// inModule is a package's path below the module's; ours is false for the packages
// of others.
func inModule(importPath string) (path string, ours bool) {
	return strings.CutPrefix(importPath, module+"/")
}
