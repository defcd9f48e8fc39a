package bucket

import (
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
)

// Folder is a Storage: the object gs://bucket/a/b.csv is its file bucket/a/b.csv. A bucket needn't be there to be
// written to.
type Folder string

// path is the file of an object, or the folder of a bucket if the name is empty.
func (f Folder) path(bucket, name string) (string, error) {
	name = filepath.FromSlash(name)
	if !filepath.IsLocal(bucket) || name != "" && !filepath.IsLocal(name) {
		return "", bqerror.Invalid("The emulator keeps no object of the name %s", Object{bucket, name})
	}
	return filepath.Join(string(f), bucket, name), nil
}

// List implements Storage.
func (f Folder) List(bucket string) ([]string, error) {
	root, err := f.path(bucket, "")
	if err != nil {
		return nil, err
	}
	var names []string
	err = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		name, err := filepath.Rel(root, path)
		names = append(names, filepath.ToSlash(name))
		return err
	})
	return names, err
}

// Open implements Storage.
func (f Folder) Open(bucket, name string) (io.ReadCloser, error) {
	path, err := f.path(bucket, name)
	if err != nil {
		return nil, err
	}
	return os.Open(path)
}

// Create implements Storage.
func (f Folder) Create(bucket, name string, content io.Reader) error {
	path, err := f.path(bucket, name)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	_, err = io.Copy(file, content)
	if closed := file.Close(); err == nil {
		err = closed
	}
	return err
}
