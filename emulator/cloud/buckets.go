package cloud

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"sync/atomic"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/tallystream/tallystream/emulator/cloud/storage"
)

// Buckets are those of a cloud's Cloud Storage, for an emulator that starts before the cloud: BigQuery's
// reads and writes gs:// there. They ask for no permission, as Cloud Storage here doesn't.
type Buckets struct {
	service atomic.Pointer[storage.Service] // nil until the cloud starts
}

// errNotStarted is answered before the cloud has started.
var errNotStarted = errors.New("the local cloud, which has the buckets, hasn't started yet: try again")

// List returns the names of a bucket's objects. The error is fs.ErrNotExist where there is no such bucket.
func (b *Buckets) List(bucket string) ([]string, error) {
	s := b.service.Load()
	if s == nil {
		return nil, errNotStarted
	}
	names, err := s.List(bucket)
	return names, absent(err)
}

// Open returns the content of an object, to be closed. The error is fs.ErrNotExist where there is none.
func (b *Buckets) Open(bucket, name string) (io.ReadCloser, error) {
	s := b.service.Load()
	if s == nil {
		return nil, errNotStarted
	}
	content, err := s.Object(context.Background(), bucket, name) // which waits for nothing
	return content, absent(err)
}

// Create makes an object's next generation of a content. The error is fs.ErrNotExist where there is no such bucket.
func (b *Buckets) Create(bucket, name string, content io.Reader) error {
	s := b.service.Load()
	if s == nil {
		return errNotStarted
	}
	return absent(s.Create(bucket, name, "", content))
}

// absent makes fs.ErrNotExist of the status NOT_FOUND.
func absent(err error) error {
	if status.Code(err) == codes.NotFound {
		return fmt.Errorf("%w: %w", fs.ErrNotExist, err)
	}
	return err
}
