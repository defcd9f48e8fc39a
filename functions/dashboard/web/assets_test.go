package web

import (
	"io/fs"
	"maps"
	"net/http"
	"net/http/httptest"
	"path"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/tallystream/tallystream/functions/dashboard/httpdoc"
)

// embedded is the web folder with a bundle of the test's, or without one.
func embedded(t testing.TB, script string) fs.FS {
	t.Helper()
	files := fstest.MapFS{}
	err := fs.WalkDir(Files, ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || p == bundle {
			return err
		}
		body, err := fs.ReadFile(Files, p)
		files[p] = &fstest.MapFile{Data: body}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if script != "" {
		files[bundle] = &fstest.MapFile{Data: []byte(script)}
	}
	return files
}

func TestAssets(t *testing.T) {
	for name, script := range map[string]string{"bundled": "export {};", "without a bundle": ""} {
		t.Run(name, func(t *testing.T) {
			a, err := assetsOf(embedded(t, script))
			if err != nil {
				t.Fatal(err)
			}
			if a.Bundled != (script != "") {
				t.Errorf("bundled is %v", a.Bundled)
			}
			for _, plain := range []string{"app.js", "style.css", "text.en.json", "text.ar.json", "icon.svg"} {
				if a.Files[a.Names[plain]] == nil {
					t.Errorf("there is no %s", plain)
				}
			}
			for hashed, doc := range a.Files {
				w := httptest.NewRecorder()
				doc.Serve(w, httptest.NewRequest("GET", "/", nil))
				if w.Code != http.StatusOK {
					t.Errorf("%s: %d", hashed, w.Code)
				}
				if top, _, _ := strings.Cut(hashed, "/"); !strings.Contains(hashed, "/") && !strings.Contains(top, httpdoc.Version(w.Body.Bytes())) {
					t.Errorf("%s isn't called after its content's hash", hashed)
				}
			}
		})
	}
}

// TestModulesFindEachOther checks the imports of the scripts as they are served
// without a bundle: all but the charts load.
func TestModulesFindEachOther(t *testing.T) {
	a, err := assetsOf(embedded(t, ""))
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	queue := []string{a.Names["app.js"]}
	for len(queue) > 0 {
		name := queue[0]
		queue = queue[1:]
		if seen[name] {
			continue
		}
		seen[name] = true
		doc := a.Files[name]
		if doc == nil {
			t.Fatalf("%s is imported and isn't there", name)
		}
		w := httptest.NewRecorder()
		doc.Serve(w, httptest.NewRequest("GET", "/", nil))
		for _, line := range strings.Split(w.Body.String(), "\n") {
			_, from, ok := strings.Cut(line, `from "`)
			if !ok || !strings.HasPrefix(line, "import ") {
				continue
			}
			from = strings.TrimSuffix(from, `";`)
			if !strings.HasPrefix(from, "./") {
				t.Errorf("%s imports %s, which only a bundle has", name, from)
				continue
			}
			queue = append(queue, path.Join(path.Dir(name), from))
		}
	}
	if len(seen) < 5 {
		t.Errorf("only %v were checked", maps.Keys(seen))
	}
}

func TestScriptsNameTheirContent(t *testing.T) {
	one, err := assetsOf(embedded(t, ""))
	if err != nil {
		t.Fatal(err)
	}
	changed := embedded(t, "").(fstest.MapFS)
	changed["src/dom.js"] = &fstest.MapFile{Data: []byte("export {};")}
	two, err := assetsOf(changed)
	if err != nil {
		t.Fatal(err)
	}
	if one.Names["app.js"] == two.Names["app.js"] {
		t.Error("a script that is imported changed, and the first one has the same name")
	}
}

// TestBundleIsSmall holds the scripts to 100 KB, as they travel.
func TestBundleIsSmall(t *testing.T) {
	a, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	if !a.Bundled {
		t.Skip("there is no bundle: run make assets")
	}
	w := httptest.NewRecorder()
	r := httptest.NewRequest("GET", "/", nil)
	r.Header.Set("Accept-Encoding", "gzip")
	a.Files[a.Names["app.js"]].Serve(w, r)
	if got := w.Body.Len(); got > 100_000 {
		t.Errorf("the scripts have %d bytes compressed, want 100,000 at most", got)
	}
}
