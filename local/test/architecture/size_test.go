package architecture

import (
	"bytes"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A package has about twenty files and 3,000 lines at most, tests left out.
const (
	mostFiles = 24
	mostLines = 3000
)

// sizeReason begins the paragraph of a package's comment that says why the
// package is larger than that.
const sizeReason = "One package because"

// A package that is larger than the limits says why in its comment, and only
// such a package does.
func TestPackagesAreSmall(t *testing.T) {
	for _, p := range list(t, module+"/...") {
		path, _ := inModule(p.ImportPath)
		files := append(p.GoFiles, p.CgoFiles...)
		lines, reasoned := 0, false
		for _, name := range files {
			text, err := os.ReadFile(filepath.Join(p.Dir, name))
			if err != nil {
				t.Fatal(err)
			}
			lines += bytes.Count(text, []byte("\n"))
			parsed, err := parser.ParseFile(token.NewFileSet(), name, text, parser.PackageClauseOnly|parser.ParseComments)
			if err != nil {
				t.Fatal(err)
			}
			reasoned = reasoned || strings.Contains(parsed.Doc.Text(), sizeReason)
		}
		switch large := len(files) > mostFiles || lines > mostLines; {
		case large && !reasoned:
			t.Errorf("%s has %d files and %d lines, and may have %d and %d: divide it, or say why not in its comment (%q …)",
				path, len(files), lines, mostFiles, mostLines, sizeReason)
		case !large && reasoned:
			t.Errorf("%s has %d files and %d lines, so its comment needs no reason for its size", path, len(files), lines)
		}
	}
}
