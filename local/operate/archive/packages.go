package archive

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// goPackage is what "go list" tells about a package.
type goPackage struct {
	ImportPath string
	Dir        string
	Module     *struct{ Main bool }

	GoFiles, CgoFiles, IgnoredGoFiles []string
	OtherFiles, EmbedFiles            []string // OtherFiles: of other languages
}

// files are all that the package consists of on any platform, without tests.
func (p *goPackage) files() []string {
	all := slices.Concat(p.GoFiles, p.CgoFiles, p.IgnoredGoFiles, p.OtherFiles, p.EmbedFiles)
	return slices.DeleteFunc(all, func(name string) bool { return strings.HasSuffix(name, "_test.go") })
}

// copyPackages copies the packages of the module that the functions link.
func copyPackages(ctx context.Context, m module, functions []string, stage string) error {
	args := append([]string{"list", "-deps",
		"-json=ImportPath,Dir,Module,GoFiles,CgoFiles,IgnoredGoFiles,OtherFiles,EmbedFiles", "--"}, functions...)
	out, err := goCommand(ctx, m.dir, args...)
	if err != nil {
		return fmt.Errorf("find the packages of the functions: %w", err)
	}
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var p goPackage
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return fmt.Errorf("find the packages of the functions: %w", err)
		}
		if p.Module == nil || !p.Module.Main {
			continue // the standard library, and what is vendored
		}
		folder, err := filepath.Rel(m.dir, p.Dir)
		if err != nil {
			return fmt.Errorf("package %s: %w", p.ImportPath, err)
		}
		for _, name := range p.files() {
			if err := copyFile(m.dir, filepath.Join(folder, name), stage); err != nil {
				return fmt.Errorf("package %s: %w", p.ImportPath, err)
			}
		}
	}
}

func copyFile(from, name, to string) error {
	text, err := os.ReadFile(filepath.Join(from, name))
	if err != nil {
		return err
	}
	return writeFile(to, filepath.ToSlash(name), text)
}
