package storage

import (
	"net/http"
	"net/url"
	"time"

	"github.com/google/uuid"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// What a URL of UploadURL takes, as those of Cloud Functions' generateUploadUrl
// (https://cloud.google.com/functions/docs/reference/rest/v2/projects.locations.functions/generateUploadUrl).
const (
	uploadLifetime = 30 * time.Minute
	maxUpload      = 100 << 20 // bytes
)

// uploadURL is what a signature lets its bearer write.
type uploadURL struct {
	bucket, object string
	expires        time.Time
}

// UploadURL is an address to which an object may be sent by PUT, without credentials, for half an hour. The bucket
// need not be there yet.
func (s *Service) UploadURL(bucket, object string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	signature := uuid.NewString()
	s.uploads[signature] = uploadURL{bucket, object, s.now().Add(uploadLifetime)}
	query := url.Values{"X-Goog-Algorithm": {"EMULATOR"}, "X-Goog-Expires": {"1800"}, "X-Goog-Signature": {signature}}
	return s.url + (&url.URL{Path: "/" + bucket + "/" + object, RawQuery: query.Encode()}).String()
}

func (s *Service) putSigned(w http.ResponseWriter, r *http.Request) (any, error) {
	s.mu.Lock()
	signature := r.URL.Query().Get("X-Goog-Signature")
	allowed, ok := s.uploads[signature]
	expired := ok && s.now().After(allowed.expires)
	b := s.buckets[allowed.bucket]
	s.mu.Unlock()
	d := described{Name: r.PathValue("object")}
	d.ContentType = r.Header.Get("Content-Type")
	switch {
	case !ok || allowed.bucket != r.PathValue("bucket") || allowed.object != d.Name:
		return nil, status.Errorf(codes.PermissionDenied, "The signature of the URL doesn't permit to write %s.", r.URL.Path)
	case expired:
		return nil, status.Error(codes.InvalidArgument, "The URL has expired: it permits to write for 30 minutes.")
	case b == nil:
		return nil, status.Error(codes.NotFound, "The specified bucket does not exist.")
	}
	c, err := s.contents.write(http.MaxBytesReader(w, r.Body, maxUpload))
	if err != nil {
		return nil, status.Errorf(codes.InvalidArgument, "The upload failed, of at most %d bytes: %v", maxUpload, err)
	}
	if _, err := s.finish(r, b, d, c); err != nil {
		return nil, err
	}
	w.WriteHeader(http.StatusOK)
	return nil, nil
}
