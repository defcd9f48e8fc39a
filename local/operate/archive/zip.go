package archive

import (
	"archive/zip"
	"fmt"
	"io"
	"io/fs"
	"time"

	"github.com/klauspost/compress/flate"
)

// epoch is the time of every file: the first that a zip can name.
var epoch = time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)

// writeZip writes all files of a tree, folder by folder in the order of their
// names, each with the same time and mode, and returns how many there are.
//
// The compressor is that of a module, not of the standard library: go.mod fixes
// its version, so that another release of Go writes the same bytes.
func writeZip(w io.Writer, tree fs.FS) (files int, err error) {
	z := zip.NewWriter(w)
	z.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) {
		return flate.NewWriter(w, flate.DefaultCompression)
	})
	err = fs.WalkDir(tree, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := fs.ReadFile(tree, path)
		if err != nil {
			return err
		}
		h := &zip.FileHeader{Name: path, Method: zip.Deflate, Modified: epoch}
		h.SetMode(0o644) // the buildpack refuses a go.mod that it can't write
		entry, err := z.CreateHeader(h)
		if err != nil {
			return fmt.Errorf("add %s: %w", path, err)
		}
		files++
		_, err = entry.Write(text)
		return err
	})
	if err != nil {
		return 0, err
	}
	return files, z.Close()
}
