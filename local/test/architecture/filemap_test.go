package architecture

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// quoted is what a document sets as code.
var quoted = regexp.MustCompile("`([^`\n]+)`")

// The file map names every package and every module of Terraform, and nothing that isn't there.
func TestFileMap(t *testing.T) {
	const root = "../../.."
	text, err := os.ReadFile(filepath.Join(root, "docs", "filemap.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, lists, found := strings.Cut(string(text), "\n## shared")
	if !found {
		t.Fatal("docs/filemap.md has no list of shared")
	}
	named := map[string]bool{}
	for _, m := range quoted.FindAllStringSubmatch(lists, -1) {
		named[m[1]] = true
	}
	for _, p := range list(t, module+"/...") {
		if path, _ := inModule(p.ImportPath); !named[path] {
			t.Errorf("docs/filemap.md lacks %s", path)
		}
	}
	modules, err := filepath.Glob(filepath.Join(root, "terraform", "modules", "*"))
	if err != nil || len(modules) == 0 {
		t.Errorf("no modules of Terraform were found: %v", err)
	}
	for _, dir := range modules {
		if path := "terraform/modules/" + filepath.Base(dir); !named[path] {
			t.Errorf("docs/filemap.md lacks %s", path)
		}
	}
	for _, m := range quoted.FindAllStringSubmatch(string(text), -1) {
		top, _, below := strings.Cut(m[1], "/")
		if info, err := os.Stat(filepath.Join(root, top)); !below || err != nil || !info.IsDir() {
			continue // no path from the root
		}
		if _, err := os.Stat(filepath.Join(root, m[1])); err != nil {
			t.Errorf("docs/filemap.md names %s: %v", m[1], err)
		}
	}
}
