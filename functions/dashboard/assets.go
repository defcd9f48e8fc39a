package dashboard

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"mime"
	"path"
	"strings"
)

//go:embed web/html web/css web/text web/static web/src web/dist
var web embed.FS

// bundle is what esbuild makes of web/src and the chart library (make assets).
// It isn't part of the repository.
const bundle = "web/dist/app.js"

// styles are the parts of the stylesheet, in the order of the cascade.
var styles = []string{"base", "race", "where", "when", "who", "books", "wall", "print"}

// assets are the files that pages load, under names that contain their
// content's hash, so that caches may keep them for good.
type assets struct {
	files map[string]*document // by hashed name
	names map[string]string    // plain name → hashed name
	// bundled says that the scripts were bundled with the chart library.
	// Where they weren't, the browser loads the modules of web/src one by one,
	// and the page does without charts.
	bundled bool
}

// newAssets compresses the embedded files. It fails only for a broken build.
func newAssets() (*assets, error) { return assetsOf(web) }

func assetsOf(web fs.FS) (*assets, error) {
	a := &assets{files: map[string]*document{}, names: map[string]string{}}
	style, err := stylesheet(web)
	if err != nil {
		return nil, err
	}
	if err := a.add("style.css", style); err != nil {
		return nil, err
	}
	for name, file := range map[string]string{
		"icon.svg":  "web/static/icon.svg",
		"text.json": "web/text/" + language + ".json",
	} {
		body, err := fs.ReadFile(web, file)
		if err != nil {
			return nil, fmt.Errorf("embedded asset: %w", err)
		}
		if err := a.add(name, body); err != nil {
			return nil, err
		}
	}
	body, err := fs.ReadFile(web, bundle)
	switch {
	case err == nil:
		a.bundled = true
		return a, a.add("app.js", body)
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
		part, err := fs.ReadFile(web, "web/css/"+name+".css")
		if err != nil {
			return nil, fmt.Errorf("embedded asset: %w", err)
		}
		b.Write(part)
	}
	return b.Bytes(), nil
}

// add keeps a file under its name with the hash before the extension.
func (a *assets) add(name string, body []byte) error {
	ext := path.Ext(name)
	return a.keep(name, strings.TrimSuffix(name, ext)+"."+version(body)+ext, body)
}

func (a *assets) keep(name, hashed string, body []byte) error {
	doc, err := newDocument(mediaType(path.Ext(name)), body)
	if err != nil {
		return fmt.Errorf("embedded asset %s: %w", name, err)
	}
	a.files[hashed], a.names[name] = doc, hashed
	return nil
}

// addModules keeps the scripts as they are. They import each other by relative
// names, so the hash of all of them is that of the folder.
func (a *assets) addModules(web fs.FS) error {
	modules := map[string][]byte{}
	var all bytes.Buffer
	err := fs.WalkDir(web, "web/src", func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		body, err := fs.ReadFile(web, p)
		if err != nil {
			return err
		}
		modules[strings.TrimPrefix(p, "web/src/")] = body
		all.WriteString(p)
		all.Write(body)
		return nil
	})
	if err != nil {
		return fmt.Errorf("embedded scripts: %w", err)
	}
	folder := "modules." + version(all.Bytes()) + "/"
	for name, body := range modules {
		if err := a.keep(name, folder+name, body); err != nil {
			return err
		}
	}
	a.names["app.js"] = a.names["main.js"]
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
		return jsonType
	}
	if t := mime.TypeByExtension(ext); t != "" {
		return t
	}
	return "application/octet-stream"
}
