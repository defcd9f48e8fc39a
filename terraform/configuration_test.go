package terraform

import (
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclparse"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// A module is the HCL of one directory.
type module struct {
	dir   string                     // relative to this directory, "." for the root
	files map[string]*hclsyntax.Body // by path
}

// modules reads every directory with Terraform files, examples included.
func modules(t *testing.T) []module {
	t.Helper()
	parser := hclparse.NewParser()
	byDir := map[string]module{}
	for _, path := range sources(t, ".tf") {
		file, diags := parser.ParseHCLFile(path)
		if diags.HasErrors() {
			t.Fatal(diags)
		}
		dir := filepath.Dir(path)
		if byDir[dir].files == nil {
			byDir[dir] = module{dir: dir, files: map[string]*hclsyntax.Body{}}
		}
		byDir[dir].files[path] = file.Body.(*hclsyntax.Body)
	}
	if len(byDir) == 0 {
		t.Fatal("there are no Terraform files here")
	}
	return slices.Collect(maps.Values(byDir))
}

// moduleIn returns the module of one directory.
func moduleIn(t *testing.T, dir string) module {
	t.Helper()
	for _, m := range modules(t) {
		if m.dir == filepath.FromSlash(dir) {
			return m
		}
	}
	t.Fatalf("there is no module in %s", dir)
	return module{}
}

// sources lists files below this directory by the end of their names, without
// what terraform init leaves.
func sources(t *testing.T, ext string) []string {
	t.Helper()
	var found []string
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && d.Name() == ".terraform":
			return filepath.SkipDir
		case !d.IsDir() && strings.HasSuffix(path, ext):
			found = append(found, path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// blocks calls f with every block of a type at the top of the module's files.
func (m module) blocks(kind string, f func(b *hclsyntax.Block)) {
	for _, path := range slices.Sorted(maps.Keys(m.files)) {
		for _, b := range m.files[path].Blocks {
			if b.Type == kind {
				f(b)
			}
		}
	}
}

// block is the one block of a type with these labels.
func (m module) block(t *testing.T, kind string, labels ...string) *hclsyntax.Block {
	t.Helper()
	var found *hclsyntax.Block
	m.blocks(kind, func(b *hclsyntax.Block) {
		if slices.Equal(b.Labels, labels) {
			found = b
		}
	})
	if found == nil {
		t.Fatalf("%s has no %s %v", m.dir, kind, labels)
	}
	return found
}

// local is the expression of a local value.
func (m module) local(t *testing.T, name string) hclsyntax.Expression {
	t.Helper()
	var found hclsyntax.Expression
	m.blocks("locals", func(b *hclsyntax.Block) {
		if a := b.Body.Attributes[name]; a != nil {
			found = a.Expr
		}
	})
	if found == nil {
		t.Fatalf("%s has no local.%s", m.dir, name)
	}
	return found
}

// object is the items of an object expression, whose keys must be known without
// evaluating anything: a literal, a merge of objects, either side of a
// condition, or a local that is one of these.
func (m module) object(t *testing.T, expr hclsyntax.Expression) map[string]hclsyntax.Expression {
	t.Helper()
	items := map[string]hclsyntax.Expression{}
	switch e := expr.(type) {
	case *hclsyntax.ObjectConsExpr:
		for _, item := range e.Items {
			key, diags := item.KeyExpr.Value(nil)
			if diags.HasErrors() {
				t.Fatalf("a key that isn't a word: %v", diags)
			}
			items[key.AsString()] = item.ValueExpr
		}
	case *hclsyntax.FunctionCallExpr:
		if e.Name != "merge" {
			t.Fatalf("%s: keys of %s() aren't known here", e.Range(), e.Name)
		}
		for _, arg := range e.Args {
			maps.Copy(items, m.object(t, arg))
		}
	case *hclsyntax.ConditionalExpr:
		maps.Copy(items, m.object(t, e.TrueResult))
		maps.Copy(items, m.object(t, e.FalseResult))
	case *hclsyntax.ParenthesesExpr:
		return m.object(t, e.Expression)
	case *hclsyntax.ScopeTraversalExpr:
		if e.Traversal.RootName() != "local" || len(e.Traversal) != 2 {
			t.Fatalf("%s: keys aren't known here", e.Range())
		}
		return m.object(t, m.local(t, e.Traversal[1].(hcl.TraverseAttr).Name))
	default:
		t.Fatalf("%s: keys of %T aren't known here", expr.Range(), expr)
	}
	return items
}

// text is the value of an expression that is a literal string, "" for null.
func text(t *testing.T, expr hclsyntax.Expression) string {
	t.Helper()
	v, diags := expr.Value(nil)
	if diags.HasErrors() {
		t.Fatalf("%s: not a literal: %v", expr.Range(), diags)
	}
	if v.IsNull() {
		return ""
	}
	return v.AsString()
}

// literals calls f with every literal string in a body.
func literals(body *hclsyntax.Body, f func(s string, at hcl.Range)) {
	_ = hclsyntax.VisitAll(body, func(n hclsyntax.Node) hcl.Diagnostics {
		if l, ok := n.(*hclsyntax.LiteralValueExpr); ok && !l.Val.IsNull() && l.Val.Type().FriendlyName() == "string" {
			f(l.Val.AsString(), l.SrcRange)
		}
		return nil
	})
}

// at names a place for a message.
func at(r hcl.Range) string { return fmt.Sprintf("%s:%d", r.Filename, r.Start.Line) }

// readFile reads a file of the repository.
func readFile(t *testing.T, path string) string {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}
