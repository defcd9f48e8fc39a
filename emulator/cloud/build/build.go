package build

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"
)

const (
	workspace    = "workspace"
	sourceFolder = "serverless_function_source_code"
	appFolder    = "functions.local/app"
	framework    = "github.com/GoogleCloudPlatform/functions-framework-go"
	// frameworkVersion is what the buildpack adds to a go.mod that doesn't require the
	// framework.
	frameworkVersion = "v1.9.2"
)

// Program is a function that was built.
type Program struct {
	File string // the executable
	Dir  string // where it expects to run: the cloud's /workspace
	// Registers says that the source registers its functions by name: the program serves
	// each of them, by FUNCTION_TARGET. Otherwise it serves the entry point only.
	Registers bool
}

// Options say what to build.
type Options struct {
	Archive string // the file of the zip
	Dir     string // an empty folder for all that the build makes; the program stays in it
	// EntryPoint is the exported Go function that is served where the source doesn't
	// register its functions by name.
	EntryPoint string
	Log        io.Writer // of the build; nil discards
}

// Build builds an archive. An error says what is wrong with the source, and the log how
// the build came to that.
func Build(ctx context.Context, o Options) (Program, error) {
	if o.Log == nil {
		o.Log = io.Discard
	}
	b := builder{Options: o, source: filepath.Join(o.Dir, workspace, sourceFolder)}
	if err := unpack(o.Archive, b.source); err != nil {
		return Program{}, fmt.Errorf("unpack the source: %w", err)
	}
	program, err := b.run(ctx)
	if err != nil {
		return Program{}, fmt.Errorf("build the source: %w", err)
	}
	return program, nil
}

// builder is the build of one source.
type builder struct {
	Options
	source   string
	vendored bool
}

func (b *builder) run(ctx context.Context) (Program, error) {
	root, err := readRoot(b.source)
	if err != nil {
		return Program{}, err
	}
	if err := b.checkMod(); err != nil {
		return Program{}, err
	}
	module, err := b.goCommand(ctx, "list", "-m")
	if err != nil {
		return Program{}, err
	}
	if first, _, _ := strings.Cut(module, "/"); !strings.Contains(first, ".") {
		return Program{}, fmt.Errorf("the first element of module path %q has no dot", module)
	}
	if err := b.requireFramework(ctx); err != nil {
		return Program{}, err
	}
	if err := b.writeMain(root, module); err != nil {
		return Program{}, err
	}
	if !b.vendored {
		if _, err := b.goCommand(ctx, "mod", "tidy"); err != nil {
			return Program{}, err
		}
	}
	p := Program{File: filepath.Join(b.Dir, "main"), Dir: filepath.Join(b.Dir, workspace), Registers: root.registers}
	_, err = b.goCommand(ctx, "build", "-o", p.File, filepath.Join(b.source, appFolder))
	return p, err
}

// checkMod checks that there is a go.mod that can be written, and finds out whether what
// it requires is vendored.
func (b *builder) checkMod() error {
	mod, err := os.OpenFile(filepath.Join(b.source, "go.mod"), os.O_WRONLY, 0)
	if err != nil {
		return fmt.Errorf("the root of the source must hold a go.mod that is writable: %w", pathless(err))
	}
	_ = mod.Close() // nothing was written
	info, err := os.Stat(filepath.Join(b.source, "vendor"))
	b.vendored = err == nil && info.IsDir()
	return nil
}

// requireFramework checks that the framework is vendored, or that go.mod requires it:
// where it doesn't, it does then.
func (b *builder) requireFramework(ctx context.Context) error {
	if b.vendored {
		version, err := b.goCommand(ctx, "list", "-m", "-f", "{{.Version}}", framework)
		if err != nil {
			return err
		}
		if _, err := os.Stat(filepath.Join(b.source, "vendor", framework, "funcframework")); version == "" || err != nil {
			return fmt.Errorf("vendored dependencies must include %q: add a blank import of \"%s/funcframework\"", framework, framework)
		}
		return nil
	}
	text, err := os.ReadFile(filepath.Join(b.source, "go.mod"))
	if err != nil {
		return pathless(err)
	}
	mod, err := modfile.ParseLax("go.mod", text, nil)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(mod.Require, func(r *modfile.Require) bool { return r.Mod.Path == framework }) {
		return nil
	}
	_, err = b.goCommand(ctx, "mod", "edit", "-require", framework+"@"+frameworkVersion)
	return err
}
