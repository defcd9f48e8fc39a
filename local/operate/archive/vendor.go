package archive

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"go/version"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/modfile"
)

// vendor writes go.mod, go.sum and vendor/ for the packages in stage. "go mod
// vendor" copies the packages that they need on any platform. All other modules
// are then left out of go.mod, go.sum and vendor/modules.txt.
func vendor(ctx context.Context, m module, stage string) error {
	mod, err := readMod(m.dir)
	if err != nil {
		return err
	}
	sums, err := os.ReadFile(filepath.Join(m.dir, "go.sum"))
	if err != nil {
		return fmt.Errorf("read go.sum: %w", err)
	}
	if err := writeMod(stage, mod, sums); err != nil {
		return err
	}
	if _, err := goCommand(ctx, stage, "mod", "vendor"); err != nil {
		return fmt.Errorf("vendor the packages that the functions link: %w", err)
	}
	vendored, err := readVendored(stage)
	if err != nil {
		return err
	}
	if err := prune(mod, vendored.goVersions); err != nil {
		return err
	}
	if err := writeMod(stage, mod, pruneSums(sums, vendored.goVersions)); err != nil {
		return err
	}
	if err := writeFile(stage, "vendor/modules.txt", vendored.pruned); err != nil {
		return err
	}
	return copyLicence(m, stage)
}

func writeMod(stage string, mod *modfile.File, sums []byte) error {
	text, err := mod.Format()
	if err != nil {
		return fmt.Errorf("write go.mod: %w", err)
	}
	return errors.Join(writeFile(stage, "go.mod", text), writeFile(stage, "go.sum", sums))
}

// readMod reads go.mod, without what only development needs.
func readMod(dir string) (*modfile.File, error) {
	file := filepath.Join(dir, "go.mod")
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("read go.mod: %w", err)
	}
	mod, err := modfile.Parse(file, text, nil)
	if err != nil {
		return nil, fmt.Errorf("read go.mod: %w", err)
	}
	for _, r := range mod.Replace {
		if r.New.Version == "" {
			return nil, fmt.Errorf("go.mod replaces %s by the folder %s, which the archive can't hold: require a version of it", r.Old.Path, r.New.Path)
		}
	}
	mod.DropToolchainStmt()
	for _, t := range mod.Tool {
		if err := mod.DropTool(t.Path); err != nil {
			return nil, fmt.Errorf("go.mod: drop tool %s: %w", t.Path, err)
		}
	}
	mod.Cleanup()
	return mod, nil
}

// prune removes the modules that aren't used from go.mod, and sets the lowest
// version of Go that the used modules and the functions can be built with.
//
// The module itself may ask for the newest release of Go. The cloud's release may
// be some patches older, and its builds can't fetch another: they have no proxy.
func prune(mod *modfile.File, used map[string]string) error {
	least := version.Lang("go" + mod.Go.Version)
	for _, r := range append([]*modfile.Require(nil), mod.Require...) {
		needs, ok := used[r.Mod.Path]
		if !ok {
			if err := mod.DropRequire(r.Mod.Path); err != nil {
				return fmt.Errorf("go.mod: drop %s: %w", r.Mod.Path, err)
			}
			continue
		}
		if v := "go" + needs; version.Compare(v, least) > 0 {
			least = v
		}
	}
	for _, r := range append([]*modfile.Replace(nil), mod.Replace...) {
		if _, ok := used[r.Old.Path]; !ok {
			if err := mod.DropReplace(r.Old.Path, r.Old.Version); err != nil {
				return fmt.Errorf("go.mod: drop the replacement of %s: %w", r.Old.Path, err)
			}
		}
	}
	if err := mod.AddGoStmt(strings.TrimPrefix(least, "go")); err != nil {
		return fmt.Errorf("go.mod: %w", err)
	}
	mod.Cleanup()
	return nil
}

// pruneSums leaves the lines of used modules.
func pruneSums(sums []byte, used map[string]string) []byte {
	var kept []byte
	for line := range bytes.Lines(sums) {
		path, _, _ := bytes.Cut(line, []byte(" "))
		if _, ok := used[string(path)]; ok {
			kept = append(kept, line...)
		}
	}
	return kept
}

// vendored is the content of vendor/modules.txt.
type vendored struct {
	// goVersions are the modules of which a package is vendored, with the version
	// of Go that each asks for (empty where it names none).
	goVersions map[string]string
	pruned     []byte // the text, without other modules
}

// readVendored reads vendor/modules.txt. A module begins with "# path version",
// notes to it with "## ", and what follows are its packages.
func readVendored(stage string) (vendored, error) {
	v := vendored{goVersions: map[string]string{}}
	text, err := os.ReadFile(filepath.Join(stage, "vendor", "modules.txt"))
	if errors.Is(err, fs.ErrNotExist) {
		return v, errors.New("the functions import no package of another module, not even the functions framework: the archive would not build")
	}
	if err != nil {
		return v, fmt.Errorf("read what is vendored: %w", err)
	}
	var goVersion string
	eachModule(text, func(path, line string) {
		switch {
		case strings.HasPrefix(line, "# "):
			goVersion = ""
		case strings.HasPrefix(line, "## "):
			_, goVersion, _ = strings.Cut(line, "; go ")
		default:
			v.goVersions[path] = strings.TrimSpace(goVersion)
		}
	})
	eachModule(text, func(path, line string) {
		if _, used := v.goVersions[path]; used {
			v.pruned = append(v.pruned, line...)
		}
	})
	return v, nil
}

// eachModule calls visit with each line and the module that it belongs to.
func eachModule(text []byte, visit func(path, line string)) {
	var path string
	for line := range strings.Lines(string(text)) {
		if head, ok := strings.CutPrefix(line, "# "); ok {
			path, _, _ = strings.Cut(head, " ")
		}
		visit(path, line)
	}
}

// copyLicence adds the module's own licence; those of others are vendored.
func copyLicence(m module, stage string) error {
	err := copyFile(m.dir, "LICENSE", stage)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
