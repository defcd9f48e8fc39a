package archive_test

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"go/version"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/mod/modfile"

	"github.com/tallystream/tallystream/local/operate/archive"
)

func TestSameSourceSameBytes(t *testing.T) {
	first, second := filepath.Join(t.TempDir(), "new", "first.zip"), filepath.Join(t.TempDir(), "second.zip")
	a, err := archive.Write(t.Context(), ".", first)
	if err != nil {
		t.Fatal(err)
	}
	// From another folder of the module, over a file that is there.
	if err := os.WriteFile(second, []byte("an old archive"), 0o600); err != nil {
		t.Fatal(err)
	}
	b, err := archive.Write(t.Context(), filepath.Join("..", "..", "..", "functions"), second)
	if err != nil {
		t.Fatal(err)
	}
	if a.SHA256 != b.SHA256 || a.Bytes != b.Bytes {
		t.Errorf("two archives of one source: %+v and %+v", a, b)
	}
	for _, w := range []archive.Archive{a, b} {
		text, err := os.ReadFile(w.File)
		if err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256(text)
		if hex.EncodeToString(sum[:]) != w.SHA256 || int64(len(text)) != w.Bytes {
			t.Errorf("%s: %d bytes with hash %x, but said is %+v", w.File, len(text), sum, w)
		}
	}
	checkContent(t, a)
}

// checkContent checks which files are in an archive, and which are not.
func checkContent(t *testing.T, a archive.Archive) {
	t.Helper()
	z, err := zip.OpenReader(a.File)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	if len(z.File) != a.Files {
		t.Errorf("%d files, but said are %d", len(z.File), a.Files)
	}
	names := map[string]bool{}
	for _, f := range z.File {
		names[f.Name] = true
		if f.Mode() != 0o644 || f.Modified.Year() != 1980 {
			t.Errorf("%s has mode %v and time %v", f.Name, f.Mode(), f.Modified)
		}
		top, _, nested := strings.Cut(f.Name, "/")
		switch {
		case nested && top != "functions" && top != "shared" && top != "vendor":
			t.Errorf("%s is nothing that a function links", f.Name)
		case strings.HasSuffix(f.Name, "_test.go"), top != "vendor" && strings.Contains(path.Dir(f.Name), "test"):
			t.Errorf("%s belongs to tests", f.Name)
		}
	}
	for _, want := range []string{
		"go.mod", "go.sum", "function.go", "LICENSE", "vendor/modules.txt",
		"functions/bridge/function.go", "functions/ingest/function.go", "functions/aggregate/function.go",
		"functions/dashboard/function.go", "functions/aggregate/sql/settle.sql", "functions/aggregate/sql/bigquery/ballots.sql", "functions/dashboard/web/static/icon.svg",
		"shared/warehouse/tables/raw/votes.json",
		"shared/postgres/cloudsql/cloudsql.go", "vendor/cloud.google.com/go/cloudsqlconn/dialer.go",
		"vendor/github.com/GoogleCloudPlatform/functions-framework-go/funcframework/framework.go",
		"vendor/github.com/twmb/franz-go/LICENSE",
	} {
		if !names[want] {
			t.Errorf("%s is missing", want)
		}
	}
	checkModules(t, &z.Reader)
}

// checkModules looks for modules that no function links.
func checkModules(t *testing.T, tree fs.FS) {
	t.Helper()
	for _, name := range []string{"go.mod", "go.sum", "vendor/modules.txt"} {
		text, err := fs.ReadFile(tree, name)
		if err != nil {
			t.Fatal(err)
		}
		for _, module := range []string{"honnef.co/go/tools", "github.com/duckdb", "github.com/goccy/go-googlesql", "franz-go/pkg/kfake"} {
			if bytes.Contains(text, []byte(module)) {
				t.Errorf("%s names %s, which no function links", name, module)
			}
		}
		if !bytes.Contains(text, []byte("github.com/twmb/franz-go ")) {
			t.Errorf("%s doesn't name franz-go, which the bridge links", name)
		}
	}
	text, err := fs.ReadFile(tree, "go.mod")
	if err != nil {
		t.Fatal(err)
	}
	mod, err := modfile.ParseLax("go.mod", text, nil)
	if err != nil {
		t.Fatal(err)
	}
	if v := "go" + mod.Go.Version; !strings.HasSuffix(v, ".0") && v != version.Lang(v) {
		t.Errorf("go.mod asks for %s: an older patch release, as the cloud may have, can't build it", v)
	}
}

// module writes a module of the files in a new folder.
func module(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestMistakes(t *testing.T) {
	const mod = "module example.com/m\n\ngo 1.26\n"
	aFile := filepath.Join(module(t, map[string]string{"file": ""}), "file")
	for _, tt := range []struct {
		name string
		dir  string
		out  string // empty: a place that can be written
		path string // PATH; empty: this process's
		want string // part of the error
	}{
		{"no module", t.TempDir(), "", "", "is in no Go module"},
		{"another module", module(t, map[string]string{"go.mod": mod}), "", "", "has no folder functions"},
		{"no function", module(t, map[string]string{"go.mod": mod, "functions/README.md": ""}), "", "", "is empty"},
		{"damaged go.mod", module(t, map[string]string{"go.mod": "requires nothing"}), "", "", "go.mod"},
		{"a function that doesn't compile", module(t, map[string]string{
			"go.mod": mod, "functions/a/a.go": "package a\n\nimport _ \"example.com/m/gone\"\n",
		}), "", "", "example.com/m/gone"},
		{"no framework", module(t, map[string]string{
			"go.mod": mod, "go.sum": "", "functions/a/a.go": "package a\n",
		}), "", "", "functions-framework-go"},
		{"a module replaced by a folder", module(t, map[string]string{
			"go.mod": mod + "\nreplace example.com/other => ../other\n", "functions/a/a.go": "package a\n",
		}), "", "", "go.mod replaces example.com/other by the folder ../other"},
		{"no go command", ".", "", t.TempDir(), "install Go"},
		{"output is a folder", ".", t.TempDir(), "", "it is a folder; name another place with --out"},
		{"output below a file", ".", filepath.Join(aFile, "out.zip"), "", "name another place with --out"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if tt.path != "" {
				t.Setenv("PATH", tt.path)
			}
			t.Setenv("GOPROXY", "off")
			out := tt.out
			if out == "" {
				out = filepath.Join(module(t, map[string]string{"out.zip": "what was there"}), "out.zip")
			}
			_, err := archive.Write(t.Context(), tt.dir, out)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want one with %q", err, tt.want)
			}
			if tt.out == "" {
				left, err := filepath.Glob(filepath.Join(filepath.Dir(out), "*"))
				text, readErr := os.ReadFile(out)
				if err != nil || readErr != nil || len(left) != 1 || string(text) != "what was there" {
					t.Errorf("the folder holds %v (%v), the file %q (%v): want what was there", left, err, text, readErr)
				}
			}
		})
	}
}

// A bundle that was built is packed. If there is none, the archive has a warning.
func TestWarnings(t *testing.T) {
	dir := t.TempDir()
	if got := archive.Warnings(dir); len(got) != 1 || !strings.Contains(got[0], "make assets") {
		t.Errorf("warnings %q without the bundle", got)
	}
	bundled := module(t, map[string]string{"functions/dashboard/web/dist/app.js": "go()"})
	if got := archive.Warnings(bundled); len(got) != 0 {
		t.Errorf("warnings %q with the bundle", got)
	}
}
