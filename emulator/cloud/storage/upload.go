package storage

import (
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"regexp"
	"strings"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/tallystream/tallystream/emulator/cloud/api"
)

// described is what a request to upload says of the object. A checksum of it has to be
// that of the content.
type described struct {
	Name         string `json:"name"`
	Bucket       string `json:"bucket"`
	StorageClass string `json:"storageClass"`
	MD5Hash      string `json:"md5Hash"`
	CRC32C       string `json:"crc32c"`
	metadata
}

func (d described) checksums(c content) error {
	for _, sum := range []struct{ name, want, got string }{{"md5Hash", d.MD5Hash, c.md5}, {"crc32c", d.CRC32C, c.crc32c}} {
		if sum.want != "" && sum.want != sum.got {
			return status.Errorf(codes.InvalidArgument, "Provided %s %q doesn't match calculated %s %q.", sum.name, sum.want, sum.name, sum.got)
		}
	}
	return nil
}

// upload takes an object at once, or begins a resumable upload.
func (s *Service) upload(w http.ResponseWriter, r *http.Request) (any, error) {
	if err := api.Parameters(r, append([]string{"uploadType", "name", "contentEncoding", "projection", "upload_id"}, conditions...)...); err != nil {
		return nil, err
	}
	s.mu.Lock()
	b, err := s.findBucket(r)
	s.mu.Unlock()
	if err != nil {
		return nil, err
	}
	query := r.URL.Query()
	d := described{Name: query.Get("name")}
	d.ContentEncoding = query.Get("contentEncoding")
	body := io.Reader(r.Body)
	switch kind := query.Get("uploadType"); kind {
	case "media":
		d.ContentType = r.Header.Get("Content-Type")
	case "multipart":
		if body, err = related(r, &d); err != nil {
			return nil, err
		}
	case "resumable":
		return s.beginResumable(w, r, b, d)
	default:
		return nil, status.Errorf(codes.InvalidArgument, "Invalid value for the parameter uploadType: %q is neither media, multipart nor resumable.", kind)
	}
	if err := d.check(b); err != nil {
		return nil, err
	}
	c, err := s.contents.write(body)
	if err != nil {
		return nil, cut(err)
	}
	return s.finish(r, b, d, c)
}

// cut is the error of a request whose body ended too early.
func cut(err error) error {
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return status.Error(codes.InvalidArgument, "The request's body ends before its object does.")
	}
	return err
}

// check refuses what an object can't be.
func (d described) check(b *bucket) error {
	if d.Bucket != "" && d.Bucket != b.Name {
		return status.Errorf(codes.InvalidArgument, "Value '%s' in content does not agree with value '%s'.", d.Bucket, b.Name)
	}
	if d.StorageClass != "" && d.StorageClass != b.StorageClass {
		return status.Errorf(codes.Unimplemented, "The emulator doesn't honour storageClass %s of an object: it has that of its bucket, %s.", d.StorageClass, b.StorageClass)
	}
	return checkName(d.Name)
}

// finish makes what was uploaded an object.
func (s *Service) finish(r *http.Request, b *bucket, d described, c content) (any, error) {
	if err := d.checksums(c); err != nil {
		c.remove()
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.buckets[b.Name] != b {
		c.remove()
		return nil, status.Error(codes.NotFound, "The specified bucket does not exist.")
	}
	return s.put(r, b, d.Name, d.metadata, c)
}

// boundary finds that of a multipart upload. gcloud puts it in single quotes, which
// aren't those of MIME.
var boundary = regexp.MustCompile(`^multipart/related;.*\bboundary=["']?([^"';]+)`)

// related reads the description of a multipart upload and returns its second part, the
// content.
func related(r *http.Request, d *described) (io.Reader, error) {
	m := boundary.FindStringSubmatch(r.Header.Get("Content-Type"))
	if m == nil {
		return nil, status.Errorf(codes.InvalidArgument, "Content-Type %q: a multipart upload is multipart/related with a boundary.", r.Header.Get("Content-Type"))
	}
	parts := multipart.NewReader(r.Body, m[1])
	first, err := parts.NextRawPart()
	if err != nil {
		return nil, status.Errorf(codes.InvalidArgument, "The multipart upload has no first part: %v", err)
	}
	if !strings.HasPrefix(first.Header.Get("Content-Type"), "application/json") {
		return nil, status.Errorf(codes.InvalidArgument, "The first part of a multipart upload is the metadata, as application/json, not %q.", first.Header.Get("Content-Type"))
	}
	if err := readDescription(first, d); err != nil {
		return nil, err
	}
	second, err := parts.NextRawPart()
	if err != nil {
		return nil, status.Errorf(codes.InvalidArgument, "The multipart upload has no second part: %v", err)
	}
	if d.ContentType == "" {
		d.ContentType = second.Header.Get("Content-Type")
	}
	return second, nil
}

// readDescription reads JSON over what the parameters have said.
func readDescription(body io.Reader, d *described) error {
	b, err := io.ReadAll(io.LimitReader(body, api.MaxBody))
	if err != nil {
		return err
	}
	if len(b) == 0 {
		return nil
	}
	return api.Decode(b, d)
}
