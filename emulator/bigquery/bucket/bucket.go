// Package bucket is where gs:// addresses lead: to a folder that stands in for Cloud Storage.
package bucket

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
)

// Folder holds buckets: the object gs://bucket/a/b.csv is its file bucket/a/b.csv. "" is none, and refuses everything.
type Folder string

// An Object is one of a bucket.
type Object struct{ Bucket, Name string }

func (o Object) String() string { return "gs://" + o.Bucket + "/" + o.Name }

var address = regexp.MustCompile(`^gs://([^/]+)/(.+)$`)

// Parse reads an address. Its name may have one asterisk.
func Parse(uri string) (Object, error) {
	m := address.FindStringSubmatch(uri)
	if m == nil {
		return Object{}, bqerror.Invalid("Source URI must be a Google Cloud Storage location: %s", uri)
	}
	o := Object{Bucket: m[1], Name: m[2]}
	if strings.Contains(o.Bucket, "*") || strings.Count(o.Name, "*") > 1 {
		return Object{}, bqerror.Invalid("Invalid URI %s: the name of an object may have one wildcard, '*', and the name of a bucket none", uri)
	}
	return o, nil
}

// path is the file of an object.
func (f Folder) path(o Object) (string, error) {
	if f == "" {
		e := bqerror.Unsupported("Cloud Storage (%s), without a folder that stands in for it: start the emulator with -buckets, or upload the file with the job", o)
		e.Location = ""
		return "", e
	}
	name := filepath.FromSlash(o.Bucket + "/" + o.Name)
	if !filepath.IsLocal(name) {
		return "", bqerror.Invalid("The emulator keeps no object of the name %s", o)
	}
	return filepath.Join(string(f), name), nil
}

// Find lists the objects of an address: itself, or those that its asterisk stands for, in order.
func (f Folder) Find(o Object) ([]Object, error) {
	path, err := f.path(o)
	if err != nil {
		return nil, err
	}
	before, behind, wildcard := strings.Cut(o.Name, "*")
	if !wildcard {
		if info, err := os.Stat(path); err != nil || info.IsDir() {
			return nil, notFound(o)
		}
		return []Object{o}, nil
	}
	found, err := f.list(o.Bucket)
	if err != nil {
		return nil, err
	}
	found = slices.DeleteFunc(found, func(x Object) bool {
		return len(x.Name) < len(before)+len(behind) || !strings.HasPrefix(x.Name, before) || !strings.HasSuffix(x.Name, behind)
	})
	if len(found) == 0 {
		return nil, notFound(o)
	}
	return found, nil
}

func notFound(o Object) error { return bqerror.NotFound("URI", o.String()) }

// list are the objects of a bucket, in order.
func (f Folder) list(bucket string) ([]Object, error) {
	root := filepath.Join(string(f), bucket)
	var found []Object
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		name, err := filepath.Rel(root, path)
		found = append(found, Object{bucket, filepath.ToSlash(name)})
		return err
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("list the bucket %s: %w", bucket, err)
	}
	slices.SortFunc(found, func(a, b Object) int { return strings.Compare(a.Name, b.Name) })
	return found, nil
}

// Read returns the content of an object.
func (f Folder) Read(o Object) ([]byte, error) {
	path, err := f.path(o)
	if err != nil {
		return nil, err
	}
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, notFound(o)
	}
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", o, err)
	}
	return data, nil
}

// Write makes an object, and its bucket where there is none.
func (f Folder) Write(o Object, data []byte) error {
	path, err := f.path(o)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return fmt.Errorf("write %s: %w", o, err)
	}
	if err := os.WriteFile(path, data, 0o644); err != nil {
		return fmt.Errorf("write %s: %w", o, err)
	}
	return nil
}
