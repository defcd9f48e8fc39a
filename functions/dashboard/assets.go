package dashboard

import (
	"embed"
	"fmt"
	"io/fs"
	"mime"
	"path"
	"strings"
)

//go:embed web
var web embed.FS

// assets are the files of web/static under names that contain their content's
// hash, so that caches may keep them for good.
type assets struct {
	files map[string]*document // by hashed name
	names map[string]string    // plain name → hashed name
}

// newAssets compresses the embedded files. It fails only for a broken build.
func newAssets() (*assets, error) {
	a := &assets{files: map[string]*document{}, names: map[string]string{}}
	list, err := fs.ReadDir(web, "web/static")
	if err != nil {
		return nil, fmt.Errorf("embedded assets: %w", err)
	}
	for _, f := range list {
		body, err := fs.ReadFile(web, path.Join("web/static", f.Name()))
		if err != nil {
			return nil, fmt.Errorf("embedded asset %s: %w", f.Name(), err)
		}
		ext := path.Ext(f.Name())
		name := strings.TrimSuffix(f.Name(), ext) + "." + version(body) + ext
		doc, err := newDocument(mediaType(ext), body)
		if err != nil {
			return nil, fmt.Errorf("embedded asset %s: %w", f.Name(), err)
		}
		a.files[name], a.names[f.Name()] = doc, name
	}
	return a, nil
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
	}
	if t := mime.TypeByExtension(ext); t != "" {
		return t
	}
	return "application/octet-stream"
}
