package rest

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	bqv2 "google.golang.org/api/bigquery/v2"

	"github.com/tallystream/tallystream/emulator/bigquery/rest/wire"
)

// An upload is a resumable upload under way.
type upload struct {
	mu   sync.Mutex
	job  bqv2.Job
	data bytes.Buffer
	used time.Time // guarded by the store
}

type uploadStore struct {
	mu  sync.Mutex
	all map[string]*upload
}

func newUploadStore() *uploadStore { return &uploadStore{all: map[string]*upload{}} }

func (s *uploadStore) add(u *upload) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for id, old := range s.all {
		if time.Since(old.used) > uploadIdle {
			delete(s.all, id)
		}
	}
	if len(s.all) >= maxUploads {
		return "", wire.Errorf(http.StatusForbidden, "quotaExceeded", "%d uploads are under way: finish or cancel one first", len(s.all))
	}
	id := rand.Text()
	u.used = time.Now()
	s.all[id] = u
	return id, nil
}

func (s *uploadStore) get(id string) *upload {
	s.mu.Lock()
	defer s.mu.Unlock()
	u := s.all[id]
	if u != nil {
		u.used = time.Now()
	}
	return u
}

func (s *uploadStore) remove(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.all, id)
}

func (h *Handler) beginUpload(w http.ResponseWriter, r *http.Request) error {
	u := &upload{}
	if err := wire.Decode(w, r, &u.job); err != nil {
		return err
	}
	if u.job.Configuration == nil || u.job.Configuration.Load == nil {
		return wire.Required("configuration.load")
	}
	id, err := h.uploads.add(u)
	if err != nil {
		return err
	}
	w.Header().Set("Location", fmt.Sprintf("http://%s%s?uploadType=resumable&upload_id=%s", r.Host, r.URL.Path, id))
	w.Header().Set("X-GUploader-UploadID", id)
	w.Header().Set("Content-Length", "0")
	w.WriteHeader(http.StatusOK)
	return nil
}

// continueUpload takes a chunk, answers how far the upload is, or cancels it.
func (h *Handler) continueUpload(w http.ResponseWriter, r *http.Request, id string) error {
	u := h.uploads.get(id)
	if u == nil {
		return wire.NotFound("Upload %s", id)
	}
	if r.Method == http.MethodDelete {
		h.uploads.remove(id)
		w.WriteHeader(499) // what Google's servers answer to a cancellation
		return nil
	}
	span, err := parseRange(r.Header.Get("Content-Range"))
	if err != nil {
		return err
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	complete, err := u.take(r, span)
	if err != nil {
		return err
	}
	if complete {
		h.uploads.remove(id)
		return h.loadUploaded(w, r, &u.job, u.data.Bytes())
	}
	if n := u.data.Len(); n > 0 {
		w.Header().Set("Range", fmt.Sprintf("bytes=0-%d", n-1))
	}
	w.Header().Set("X-GUploader-UploadID", id)
	if r.Header.Get("X-GUploader-No-308") == "yes" {
		w.Header().Set("X-HTTP-Status-Code-Override", "308")
		w.WriteHeader(http.StatusOK)
		return nil
	}
	w.WriteHeader(http.StatusPermanentRedirect) // 308, "Resume Incomplete" here
	return nil
}

// take adds the chunk of a request and says whether the content is complete.
func (u *upload) take(r *http.Request, span contentRange) (bool, error) {
	have := int64(u.data.Len())
	if span.statusCheck {
		return span.total == have, nil
	}
	if span.first > have {
		return false, wire.Invalid("The chunk begins at byte %d, but the upload has %d bytes", span.first, have)
	}
	// A chunk that is sent again overlaps what is there.
	if _, err := io.CopyN(io.Discard, r.Body, have-span.first); err != nil {
		return false, nil // it brings nothing new
	}
	n, err := u.data.ReadFrom(io.LimitReader(r.Body, maxUpload-have+1))
	if err != nil {
		return false, wire.ReadError(err)
	}
	if have+n > maxUpload {
		return false, wire.Errorf(http.StatusRequestEntityTooLarge, "uploadTooLarge", "The emulator loads up to %d bytes at a time: split the file", maxUpload)
	}
	if span.total >= 0 {
		return have+n == span.total, nil
	}
	return !span.partial, nil
}

// contentRange is a Content-Range header: bytes first-last/total, where total
// may be *, or bytes */total to ask how far the upload is.
type contentRange struct {
	first       int64
	total       int64 // -1 for unknown
	statusCheck bool
	partial     bool // more is to come
}

func parseRange(s string) (contentRange, error) {
	if s == "" {
		return contentRange{total: -1}, nil // all in one
	}
	bad := wire.Invalid("Invalid Content-Range: %q", s)
	spec, ok := strings.CutPrefix(s, "bytes ")
	span, total, ok2 := strings.Cut(spec, "/")
	if !ok || !ok2 {
		return contentRange{}, bad
	}
	out := contentRange{total: -1}
	if total != "*" {
		n, err := strconv.ParseInt(total, 10, 64)
		if err != nil || n < 0 {
			return contentRange{}, bad
		}
		out.total = n
	}
	out.partial = out.total < 0
	if span == "*" {
		out.statusCheck = true
		return out, nil
	}
	first, _, ok := strings.Cut(span, "-")
	n, err := strconv.ParseInt(first, 10, 64)
	if !ok || err != nil || n < 0 {
		return contentRange{}, bad
	}
	out.first = n
	return out, nil
}
