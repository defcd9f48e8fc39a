package architecture

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"testing"
)

// interfaceMethods do what an interface of the standard library says.
var interfaceMethods = []string{"Error", "Unwrap", "Is", "As", "String", "ServeHTTP", "Write", "Close", "MarshalJSON", "UnmarshalJSON", "Key"}

// Every exported name has a comment, and every package one that says what it is.
func TestExportedNamesHaveComments(t *testing.T) {
	for _, p := range list(t, module+"/...") {
		path, _ := inModule(p.ImportPath)
		documented := false
		files := append(p.GoFiles, p.CgoFiles...)
		for _, name := range files {
			file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(p.Dir, name), nil, parser.ParseComments|parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			documented = documented || file.Doc != nil
			if ast.IsGenerated(file) {
				continue
			}
			for _, lacking := range uncommented(file) {
				t.Errorf("%s/%s: %s has no comment", path, name, lacking)
			}
		}
		if len(files) > 0 && !documented {
			t.Errorf("%s has no comment that says what the package is", path)
		}
	}
}

// uncommented are the exported names of a file that have no comment: neither of their own, nor
// that of the declaration that they stand in.
func uncommented(file *ast.File) (names []string) {
	for _, d := range file.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Doc == nil && d.Name.IsExported() && (d.Recv == nil || receiver(d).IsExported() && !slices.Contains(interfaceMethods, d.Name.Name)) {
				names = append(names, d.Name.Name)
			}
		case *ast.GenDecl:
			if d.Doc != nil {
				continue
			}
			for _, s := range d.Specs {
				switch s := s.(type) {
				case *ast.TypeSpec:
					if s.Doc == nil && s.Name.IsExported() {
						names = append(names, s.Name.Name)
					}
				case *ast.ValueSpec:
					for _, n := range s.Names {
						if s.Doc == nil && s.Comment == nil && n.IsExported() {
							names = append(names, n.Name)
						}
					}
				}
			}
		}
	}
	return names
}

// receiver is the name of the type that a method is of.
func receiver(d *ast.FuncDecl) *ast.Ident {
	of := d.Recv.List[0].Type
	if star, ok := of.(*ast.StarExpr); ok {
		of = star.X
	}
	switch generic := of.(type) {
	case *ast.IndexExpr:
		of = generic.X
	case *ast.IndexListExpr:
		of = generic.X
	}
	name, _ := of.(*ast.Ident)
	return name
}
