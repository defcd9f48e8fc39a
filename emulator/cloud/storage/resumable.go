package storage

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strconv"

	"github.com/google/uuid"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// chunk is what the size of a part of a resumable upload is a multiple of, but for the
// last one's (https://cloud.google.com/storage/docs/performing-resumable-uploads).
const chunk = 256 << 10

// resumable is an upload in parts.
type resumable struct {
	first     *http.Request // the one that began it has the preconditions
	bucket    *bucket
	described described
	writer    *writer
	busy      bool
	done      any // the object, once it is one
}

func (s *Service) beginResumable(w http.ResponseWriter, r *http.Request, b *bucket, d described) (any, error) {
	d.ContentType = r.Header.Get("X-Upload-Content-Type")
	if err := readDescription(r.Body, &d); err != nil {
		return nil, err
	}
	if err := d.check(b); err != nil {
		return nil, err
	}
	made, err := s.contents.create()
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := checkObject(r, b.current(d.Name)); err != nil {
		made.remove()
		return nil, err
	}
	id := uuid.NewString()
	s.resumables[id] = &resumable{first: r, bucket: b, described: d, writer: made}
	scheme := "http"
	if r.TLS != nil {
		scheme = "https"
	}
	query := r.URL.Query()
	query.Set("upload_id", id)
	w.Header().Set("Location", scheme+"://"+r.Host+r.URL.EscapedPath()+"?"+query.Encode())
	w.Header().Set("X-GUploader-UploadID", id)
	w.WriteHeader(http.StatusOK)
	return nil, nil
}

// take is the upload that a request goes on with. Nobody else has it until release.
func (s *Service) take(r *http.Request) (*resumable, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	id := r.URL.Query().Get("upload_id")
	u := s.resumables[id]
	if u == nil {
		return nil, status.Errorf(codes.NotFound, "No resumable upload %q: it was never begun, or is cancelled.", id)
	}
	if u.busy {
		return nil, status.Error(codes.InvalidArgument, "Another request of this resumable upload is under way.")
	}
	u.busy = true
	return u, nil
}

func (s *Service) release(u *resumable) {
	s.mu.Lock()
	defer s.mu.Unlock()
	u.busy = false
}

// contentRange is bytes FIRST-LAST/SIZE, where either the range or the size, but not both, may be *.
var contentRange = regexp.MustCompile(`^bytes (?:(\d+)-(\d+)|\*)/(\d+|\*)$`)

// resume takes another part, or tells how far the upload is.
func (s *Service) resume(w http.ResponseWriter, r *http.Request) (any, error) {
	u, err := s.take(r)
	if err != nil {
		return nil, err
	}
	defer s.release(u)
	if u.done != nil {
		return u.done, nil
	}
	first, size, err := parseRange(r)
	if err != nil {
		return nil, err
	}
	if first >= 0 {
		if first > u.writer.size {
			return nil, status.Errorf(codes.InvalidArgument, "The part begins at %d, but only %d bytes have come.", first, u.writer.size)
		}
		if err := u.append(r, first); err != nil {
			return nil, err
		}
	}
	switch {
	case size < 0 || u.writer.size < size:
		if u.writer.size > 0 {
			w.Header().Set("Range", fmt.Sprintf("bytes=0-%d", u.writer.size-1))
		}
		w.WriteHeader(http.StatusPermanentRedirect) // 308, "Resume Incomplete" here
		return nil, nil
	case u.writer.size > size:
		return nil, status.Errorf(codes.InvalidArgument, "%d bytes have come, more than the upload's size of %d.", u.writer.size, size)
	}
	u.done, err = s.finish(u.first, u.bucket, u.described, u.writer.done())
	if err != nil {
		s.forget(r)
	}
	return u.done, err
}

// parseRange is the first byte of a request's part, -1 where it only asks, and the size of
// the whole, -1 where it isn't known yet.
func parseRange(r *http.Request) (first, size int64, err error) {
	header := r.Header.Get("Content-Range")
	if header == "" {
		if r.ContentLength < 0 {
			return 0, 0, status.Error(codes.InvalidArgument, "A part without Content-Range needs a Content-Length.")
		}
		return 0, r.ContentLength, nil
	}
	m := contentRange.FindStringSubmatch(header)
	if m == nil {
		return 0, 0, status.Errorf(codes.InvalidArgument, "Content-Range %q: want bytes FIRST-LAST/SIZE, bytes FIRST-LAST/* or bytes */SIZE.", header)
	}
	first, size = -1, -1
	if m[3] != "*" {
		if size, err = strconv.ParseInt(m[3], 10, 64); err != nil {
			return 0, 0, status.Errorf(codes.InvalidArgument, "Content-Range %q: %v", header, err)
		}
	}
	if m[1] == "" {
		return first, size, nil
	}
	first, err = strconv.ParseInt(m[1], 10, 64)
	last, lastErr := strconv.ParseInt(m[2], 10, 64)
	if err := errors.Join(err, lastErr); err != nil || last < first || size >= 0 && last >= size {
		return 0, 0, status.Errorf(codes.InvalidArgument, "Content-Range %q: the range isn't one of that size.", header)
	}
	if n := last - first + 1; size < 0 && n%chunk != 0 {
		return 0, 0, status.Errorf(codes.InvalidArgument, "Content-Range %q: %d bytes are not a multiple of %d (256 KiB), as each part but the last has.", header, n, chunk)
	}
	return first, size, nil
}

// append adds a part that begins at first; what of it has come before is skipped.
func (u *resumable) append(r *http.Request, first int64) error {
	if _, err := io.CopyN(io.Discard, r.Body, u.writer.size-first); err != nil && !errors.Is(err, io.EOF) {
		return cut(err)
	}
	return cut(u.writer.append(r.Body))
}

// cancel ends an upload; 499 is what Cloud Storage answers.
func (s *Service) cancel(w http.ResponseWriter, r *http.Request) (any, error) {
	u, err := s.take(r)
	if err != nil {
		return nil, err
	}
	if u.done == nil {
		u.writer.remove()
	}
	s.forget(r)
	w.WriteHeader(499)
	return nil, nil
}

func (s *Service) forget(r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.resumables, r.URL.Query().Get("upload_id"))
}
