package architecture

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A program that a test starts has a limit of its own. A test's context has none before the test ends, and the
// limit of the package's tests doesn't say which program hangs.
func TestProgramsOfTestsHaveLimits(t *testing.T) {
	seen := 0
	for _, p := range list(t, module+"/...") {
		names, err := filepath.Glob(filepath.Join(p.Dir, "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			if !strings.HasSuffix(name, "_test.go") && !strings.HasSuffix(p.ImportPath, "test") {
				continue
			}
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Contains(text, []byte("exec.Command")) {
				continue
			}
			seen++
			files := token.NewFileSet()
			file, err := parser.ParseFile(files, name, text, parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			ast.Inspect(file, func(n ast.Node) bool {
				if call, ok := n.(*ast.CallExpr); ok && unlimited(call) {
					t.Errorf("%s: the program has no limit: start it by exec.CommandContext, and a context.WithTimeout", files.Position(call.Pos()))
				}
				return true
			})
		}
	}
	if seen < 10 {
		t.Errorf("%d files of tests start programs: is exec.Command called otherwise?", seen)
	}
}

// unlimited reports whether a call is exec.Command, or exec.CommandContext with the context of a test.
func unlimited(call *ast.CallExpr) bool {
	switch f, ok := call.Fun.(*ast.SelectorExpr); {
	case !ok || f.Sel.Name != "Command" && f.Sel.Name != "CommandContext":
		return false
	case f.Sel.Name == "Command":
		of, ok := f.X.(*ast.Ident)
		return ok && of.Name == "exec"
	}
	ctx, ok := call.Args[0].(*ast.CallExpr)
	if !ok {
		return false
	}
	f, ok := ctx.Fun.(*ast.SelectorExpr)
	return ok && f.Sel.Name == "Context"
}
