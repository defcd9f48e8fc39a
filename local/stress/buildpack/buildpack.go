// Package buildpack builds an archive as the Go buildpack of Cloud Run functions
// does, on this machine: it unpacks it, moves the source, generates a main package,
// and builds that from vendor/ without a network. It starts functions of the program
// as the cloud starts an instance.
//
// The steps are those of GoogleCloudPlatform/buildpacks (cmd/go/functions_framework
// and cmd/go/build, August 2026), and so are the things it refuses. Two details
// differ: the program listens on the loopback interface only, and is built
// without the paths of this machine (-trimpath), so that the compiler's cache
// serves the next archive.
package buildpack

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/template"
)

const (
	sourceFolder = "serverless_function_source_code"
	appFolder    = "functions.local/app"
	framework    = "github.com/GoogleCloudPlatform/functions-framework-go"
)

// Build builds an archive in an empty folder and returns the program.
func Build(ctx context.Context, archive, dir string) (program string, err error) {
	source := filepath.Join(dir, "workspace", sourceFolder)
	if err := unpack(archive, source); err != nil {
		return "", fmt.Errorf("unpack %s: %w", archive, err)
	}
	b := build{dir: dir, source: source}
	program, err = b.run(ctx)
	if err != nil {
		return "", fmt.Errorf("build %s: %w", archive, err)
	}
	return program, nil
}

// build is the build of one source.
type build struct {
	dir    string // for all that the build makes
	source string
}

func (b build) run(ctx context.Context) (string, error) {
	if err := b.checkRoot(); err != nil {
		return "", err
	}
	if err := b.checkVendor(ctx); err != nil {
		return "", err
	}
	module, err := b.goCommand(ctx, "list", "-m")
	if err != nil {
		return "", err
	}
	if first, _, _ := strings.Cut(module, "/"); !strings.Contains(first, ".") {
		return "", fmt.Errorf("the first element of module path %q has no dot", module)
	}
	if err := b.writeMain(module); err != nil {
		return "", err
	}
	program := filepath.Join(b.dir, "main")
	_, err = b.goCommand(ctx, "build", "-o", program, filepath.Join(b.source, appFolder))
	return program, err
}

// checkRoot parses the one package at the root of the source. It must import the
// framework: otherwise the buildpack takes FUNCTION_TARGET for the name of a Go
// function in it.
func (b build) checkRoot() error {
	//lint:ignore SA1019 the buildpack calls it, and the result must be the same
	packages, err := parser.ParseDir(token.NewFileSet(), b.source, nil, parser.ImportsOnly)
	if err != nil {
		return err
	}
	names := slices.Sorted(maps.Keys(packages))
	if len(names) != 1 {
		return fmt.Errorf("the root of the source must hold one package: it holds %q", names)
	}
	for _, file := range packages[names[0]].Files {
		for _, i := range file.Imports {
			if strings.Trim(i.Path.Value, `"`) == framework+"/functions" {
				return nil
			}
		}
	}
	return fmt.Errorf("package %s doesn't import %s/functions: its functions would not be found by their names", names[0], framework)
}

// checkVendor checks that go.mod can be written and that the framework is vendored.
func (b build) checkVendor(ctx context.Context) error {
	mod, err := os.OpenFile(filepath.Join(b.source, "go.mod"), os.O_WRONLY, 0)
	if err != nil {
		return fmt.Errorf("go.mod must be writable: %w", err)
	}
	_ = mod.Close() // nothing was written
	version, err := b.goCommand(ctx, "list", "-m", "-f", "{{.Version}}", framework)
	if err != nil {
		return err
	}
	_, err = os.Stat(filepath.Join(b.source, "vendor", framework, "funcframework"))
	if version == "" || err != nil {
		return errors.Join(fmt.Errorf("vendor/ must include %s", framework), err)
	}
	return nil
}

//go:embed main.go.tmpl
var mainText string

var mainTemplate = template.Must(template.New("main.go").Parse(mainText))

// writeMain generates the program that serves the functions of the root package.
func (b build) writeMain(module string) error {
	folder := filepath.Join(b.source, appFolder)
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	file, err := os.Create(filepath.Join(folder, "main.go"))
	if err != nil {
		return err
	}
	defer file.Close()
	if err := mainTemplate.Execute(file, struct{ Package string }{module}); err != nil {
		return err
	}
	return file.Close()
}
