// Package bucket is where gs:// addresses lead: to a Storage, which a folder can be.
package bucket

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"regexp"
	"slices"
	"strings"

	"github.com/tallystream/tallystream/emulator/bigquery/bqerror"
)

// Storage holds buckets. Its methods may be called from several goroutines. An error of theirs
// is fs.ErrNotExist where the bucket or the object isn't there.
type Storage interface {
	// List returns the names of a bucket's objects, in any order.
	List(bucket string) ([]string, error)
	// Open returns the content of an object, to be closed.
	Open(bucket, name string) (io.ReadCloser, error)
	// Create makes an object of a content, in place of one of that name.
	Create(bucket, name string, content io.Reader) error
}

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

// Find lists the objects of an address: itself, or those that its asterisk stands for, in order. Without a storage it refuses.
func Find(s Storage, o Object) ([]Object, error) {
	if s == nil {
		return nil, none(o)
	}
	names, err := s.List(o.Bucket)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, failed("find", o, err)
	}
	before, behind, wildcard := strings.Cut(o.Name, "*")
	var found []Object
	for _, name := range names {
		if name == o.Name && !wildcard || wildcard && len(name) >= len(before)+len(behind) && strings.HasPrefix(name, before) && strings.HasSuffix(name, behind) {
			found = append(found, Object{o.Bucket, name})
		}
	}
	if len(found) == 0 {
		return nil, notFound(o)
	}
	slices.SortFunc(found, func(a, b Object) int { return strings.Compare(a.Name, b.Name) })
	return found, nil
}

// Read returns the content of an object. Without a storage it refuses.
func Read(s Storage, o Object) ([]byte, error) {
	if s == nil {
		return nil, none(o)
	}
	content, err := s.Open(o.Bucket, o.Name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, notFound(o)
	case err != nil:
		return nil, failed("read", o, err)
	}
	defer content.Close()
	data, err := io.ReadAll(content)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", o, err)
	}
	return data, nil
}

// Write makes an object. Without a storage it refuses.
func Write(s Storage, o Object, data []byte) error {
	if s == nil {
		return none(o)
	}
	switch err := s.Create(o.Bucket, o.Name, bytes.NewReader(data)); {
	case errors.Is(err, fs.ErrNotExist):
		return bqerror.NotFound("Bucket", o.Bucket)
	case err != nil:
		return failed("write", o, err)
	}
	return nil
}

// none refuses an address where there is no storage.
func none(o Object) error {
	e := bqerror.Unsupported("Cloud Storage (%s), without a folder that stands in for it: start the emulator with -buckets, or upload the file with the job", o)
	e.Location = ""
	return e
}

// failed says what was done with which object, where the error doesn't.
func failed(what string, o Object, err error) error {
	var e *bqerror.Error
	if errors.As(err, &e) {
		return e
	}
	return fmt.Errorf("%s %s: %w", what, o, err)
}

func notFound(o Object) error { return bqerror.NotFound("URI", o.String()) }
