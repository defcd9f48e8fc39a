package dashboard

import (
	"io/fs"
	"maps"
	"net/http"
	"net/http/httptest"
	"path"
	"strings"
	"testing"
	"testing/fstest"
)

// embedded is the web folder with a bundle of the test's, or without one.
func embedded(t testing.TB, script string) fs.FS {
	t.Helper()
	files := fstest.MapFS{}
	err := fs.WalkDir(web, ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || p == bundle {
			return err
		}
		body, err := fs.ReadFile(web, p)
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
			if a.bundled != (script != "") {
				t.Errorf("bundled is %v", a.bundled)
			}
			h := newTestHandler(t, &fakeStore{next: returns(small(), nil)})
			h.assets = a
			for _, plain := range []string{"app.js", "style.css", "text.json", "icon.svg"} {
				if a.files[a.names[plain]] == nil {
					t.Errorf("there is no %s", plain)
				}
			}
			for hashed := range a.files {
				r := ask(h, "GET", "/static/"+hashed)
				if r.StatusCode != http.StatusOK || !strings.Contains(r.Header.Get("Cache-Control"), "immutable") {
					t.Errorf("%s: %d, Cache-Control %q", hashed, r.StatusCode, r.Header.Get("Cache-Control"))
				}
				if top, _, _ := strings.Cut(hashed, "/"); !strings.Contains(hashed, "/") && !strings.Contains(top, version([]byte(body(t, r)))) {
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
	queue := []string{a.names["app.js"]}
	for len(queue) > 0 {
		name := queue[0]
		queue = queue[1:]
		if seen[name] {
			continue
		}
		seen[name] = true
		doc := a.files[name]
		if doc == nil {
			t.Fatalf("%s is imported and isn't there", name)
		}
		w := httptest.NewRecorder()
		doc.serve(w, httptest.NewRequest("GET", "/", nil))
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
	changed["web/src/dom.js"] = &fstest.MapFile{Data: []byte("export {};")}
	two, err := assetsOf(changed)
	if err != nil {
		t.Fatal(err)
	}
	if one.names["app.js"] == two.names["app.js"] {
		t.Error("a script that is imported changed, and the first one has the same name")
	}
}

// TestBundleIsSmall holds the scripts to 100 KB, as they travel.
func TestBundleIsSmall(t *testing.T) {
	a, err := newAssets()
	if err != nil {
		t.Fatal(err)
	}
	if !a.bundled {
		t.Skip("there is no bundle: run make assets")
	}
	w := httptest.NewRecorder()
	r := httptest.NewRequest("GET", "/", nil)
	r.Header.Set("Accept-Encoding", "gzip")
	a.files[a.names["app.js"]].serve(w, r)
	if got := w.Body.Len(); got > 100_000 {
		t.Errorf("the scripts have %d bytes compressed, want 100,000 at most", got)
	}
}
