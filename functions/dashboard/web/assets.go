// Package web holds the page's files: templates, stylesheet, texts and scripts. They
// go in when the program is built; what comes out are the files themselves, for the
// packages that read them, and Assets, which browsers load by names that contain a
// hash of the content.
package web

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"mime"
	"path"
	"strings"

	"github.com/tallystream/tallystream/functions/dashboard/httpdoc"
)

//go:embed html css text static src dist
var Files embed.FS

// Languages names the files of text/ that the page speaks by, the one that everybody gets
// who asks for no other first. Another language is one more name here and one more file there:
// its texts, and how it writes numbers and dates.
var Languages = []string{"en", "de", "es", "ar"}

// bundle is what esbuild makes of web/src (make assets).
// It isn't part of the repository.
const bundle = "dist/app.js"

// styles are the parts of the stylesheet, in the order of the cascade.
var styles = []string{"base", "race", "seats", "where", "when", "who", "books", "wall", "embed", "tv", "print"}

// Assets are the files that pages load, under names that contain their
// content's hash, so that caches may keep them for good.
type Assets struct {
	Files map[string]*httpdoc.Document // by hashed name
	Names map[string]string            // plain name → hashed name
	// Bundled says that the scripts are one file. Where they aren't, the browser loads
	// the modules of web/src one by one.
	Bundled bool
	// Element is the script by which other pages show a section.
	Element *httpdoc.Document
}

// Load reads the embedded files. It fails only for a broken build.
func Load() (*Assets, error) { return assetsOf(Files) }

// LoadUnbundled loads the assets that a build without a bundle has. Tests use it.
func LoadUnbundled() (*Assets, error) { return assetsOf(withoutBundle{Files}) }

// withoutBundle is a file system in which there is no bundle.
type withoutBundle struct{ fs.FS }

func (w withoutBundle) Open(name string) (fs.File, error) {
	if name == bundle {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return w.FS.Open(name)
}

func assetsOf(web fs.FS) (*Assets, error) {
	a := &Assets{Files: map[string]*httpdoc.Document{}, Names: map[string]string{}}
	element, err := fs.ReadFile(web, "static/embed.js")
	if err != nil {
		return nil, fmt.Errorf("embedded asset: %w", err)
	}
	a.Element = httpdoc.New(mediaType(".js"), element)
	style, err := stylesheet(web)
	if err != nil {
		return nil, err
	}
	a.Add("style.css", style)
	files := map[string]string{"icon.svg": "static/icon.svg"}
	for _, code := range Languages {
		files["text."+code+".json"] = "text/" + code + ".json"
	}
	for name, file := range files {
		body, err := fs.ReadFile(web, file)
		if err != nil {
			return nil, fmt.Errorf("embedded asset: %w", err)
		}
		a.Add(name, body)
	}
	body, err := fs.ReadFile(web, bundle)
	switch {
	case err == nil:
		a.Bundled = true
		a.Add("app.js", body)
		return a, nil
	case errors.Is(err, fs.ErrNotExist):
		return a, a.addModules(web)
	default:
		return nil, fmt.Errorf("embedded asset: %w", err)
	}
}

// stylesheet puts the parts of the stylesheet together.
func stylesheet(web fs.FS) ([]byte, error) {
	var b bytes.Buffer
	for _, name := range styles {
		part, err := fs.ReadFile(web, "css/"+name+".css")
		if err != nil {
			return nil, fmt.Errorf("embedded asset: %w", err)
		}
		b.Write(part)
	}
	return b.Bytes(), nil
}

// Add keeps a file under its name with the hash before the extension.
func (a *Assets) Add(name string, body []byte) {
	ext := path.Ext(name)
	a.keep(name, strings.TrimSuffix(name, ext)+"."+httpdoc.Version(body)+ext, body)
}

func (a *Assets) keep(name, hashed string, body []byte) {
	a.Files[hashed], a.Names[name] = httpdoc.New(mediaType(path.Ext(name)), body), hashed
}

// addModules keeps the scripts as they are. They import each other by relative
// names, so the folder bears one hash of all of them.
func (a *Assets) addModules(web fs.FS) error {
	modules := map[string][]byte{}
	var all bytes.Buffer
	err := fs.WalkDir(web, "src", func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		body, err := fs.ReadFile(web, p)
		if err != nil {
			return err
		}
		modules[strings.TrimPrefix(p, "src/")] = body
		all.WriteString(p)
		all.Write(body)
		return nil
	})
	if err != nil {
		return fmt.Errorf("embedded scripts: %w", err)
	}
	folder := "modules." + httpdoc.Version(all.Bytes()) + "/"
	for name, body := range modules {
		a.keep(name, folder+name, body)
	}
	a.Names["app.js"] = a.Names["main.js"]
	return nil
}

// mediaType doesn't ask the machine's tables for the types that matter.
func mediaType(ext string) string {
	switch ext {
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	case ".json":
		return httpdoc.JSONType
	}
	if t := mime.TypeByExtension(ext); t != "" {
		return t
	}
	return "application/octet-stream"
}
