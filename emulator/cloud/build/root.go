package build

import (
	_ "embed"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/template"
)

// root is the one package at the root of a source.
type root struct {
	name string
	// registers says that it imports the framework's package functions: its functions
	// are found by the names that they are registered with.
	registers bool
	// exported are the names of its exported Go functions.
	exported []string
}

// readRoot parses the package at the root of a source.
func readRoot(source string) (root, error) {
	//lint:ignore SA1019 the buildpack calls it, and the result must be the same
	packages, err := parser.ParseDir(token.NewFileSet(), source, nil, parser.SkipObjectResolution)
	if err != nil {
		return root{}, errors.New(strings.ReplaceAll(err.Error(), source+string(filepath.Separator), ""))
	}
	names := slices.Sorted(maps.Keys(packages))
	if len(names) != 1 {
		return root{}, fmt.Errorf("the root of the source must hold one package: it holds %q", names)
	}
	r := root{name: names[0]}
	for _, file := range packages[names[0]].Files {
		for _, i := range file.Imports {
			r.registers = r.registers || strings.Trim(i.Path.Value, `"`) == framework+"/functions"
		}
		for _, d := range file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil && f.Name.IsExported() {
				r.exported = append(r.exported, f.Name.Name)
			}
		}
	}
	return r, nil
}

var (
	//go:embed registered.go.tmpl
	registeredText string
	//go:embed exported.go.tmpl
	exportedText string

	registered = template.Must(template.New("main.go").Parse(registeredText))
	exported   = template.Must(template.New("main.go").Parse(exportedText))
)

// writeMain generates the program that serves the functions of the root package.
func (b *builder) writeMain(r root, module string) error {
	main := registered
	if !r.registers {
		main = exported
		if !slices.Contains(r.exported, b.EntryPoint) {
			slices.Sort(r.exported)
			return fmt.Errorf("package %s has no function %q: the entry point must be one of its exported functions %q, or a name that is registered by %s/functions",
				r.name, b.EntryPoint, r.exported, framework)
		}
	}
	folder := filepath.Join(b.source, appFolder)
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	file, err := os.Create(filepath.Join(folder, "main.go"))
	if err != nil {
		return err
	}
	defer file.Close()
	if err := main.Execute(file, struct{ Package, Target string }{module, b.EntryPoint}); err != nil {
		return err
	}
	return file.Close()
}

// pathless is an error of a file without the path on this machine.
func pathless(err error) error {
	var e *fs.PathError
	if errors.As(err, &e) {
		return e.Err
	}
	return err
}
