package storage

import (
	"context"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/tallystream/tallystream/emulator/cloud/api"
)

// object is one generation of an object.
type object struct {
	Kind           string `json:"kind"`
	ID             string `json:"id"`
	SelfLink       string `json:"selfLink"`
	MediaLink      string `json:"mediaLink"`
	Name           string `json:"name"`
	Bucket         string `json:"bucket"`
	Generation     string `json:"generation"`
	Metageneration string `json:"metageneration"`
	StorageClass   string `json:"storageClass"`
	Size           string `json:"size"`
	MD5Hash        string `json:"md5Hash"`
	CRC32C         string `json:"crc32c"`
	Etag           string `json:"etag"`
	TimeCreated    string `json:"timeCreated"`
	TimeFinalized  string `json:"timeFinalized"`
	Updated        string `json:"updated"`
	TimeDeleted    string `json:"timeDeleted,omitempty"` // of a noncurrent one
	metadata

	content content
}

// metadata is what a request may say of an object.
type metadata struct {
	ContentType        string            `json:"contentType,omitempty"`
	ContentEncoding    string            `json:"contentEncoding,omitempty"`
	ContentDisposition string            `json:"contentDisposition,omitempty"`
	ContentLanguage    string            `json:"contentLanguage,omitempty"`
	CacheControl       string            `json:"cacheControl,omitempty"`
	CustomTime         string            `json:"customTime,omitempty"`
	Metadata           map[string]string `json:"metadata,omitempty"`
}

// Limits of https://cloud.google.com/storage/quotas#objects.
const (
	maxName     = 1024    // bytes of UTF-8
	maxMetadata = 8 << 10 // bytes of the names and values of custom metadata
)

func (m metadata) check() error {
	size := 0
	for name, value := range m.Metadata {
		size += len(name) + len(value)
	}
	if size > maxMetadata {
		return status.Errorf(codes.InvalidArgument, "The custom metadata has %d bytes; an object has at most %d (8 KiB).", size, maxMetadata)
	}
	return nil
}

func checkName(name string) error {
	switch {
	case name == "":
		return status.Error(codes.InvalidArgument, "Required parameter: name")
	case len(name) > maxName:
		return status.Errorf(codes.InvalidArgument, "The name of the object has %d bytes; at most %d are allowed.", len(name), maxName)
	case !utf8.ValidString(name), strings.ContainsAny(name, "\r\n"), name == ".", name == "..", strings.HasPrefix(name, ".well-known/acme-challenge/"):
		return status.Errorf(codes.InvalidArgument, "Invalid object name: %q", name)
	}
	return nil
}

// nextGeneration is a number higher than those before it: microseconds, as Cloud Storage's
// are. The service is locked.
func (s *Service) nextGeneration() int64 {
	s.generation = max(s.generation+1, s.now().UnixMicro())
	return s.generation
}

// current is an object's live generation; nil where there is none.
func (b *bucket) current(name string) *object {
	generations := b.objects[name]
	if len(generations) == 0 || generations[len(generations)-1].TimeDeleted != "" {
		return nil
	}
	return generations[len(generations)-1]
}

// find is the generation of an object that a request names, by default the live one.
func (b *bucket) find(r *http.Request, name, parameter string) (*object, error) {
	generation, given, err := number(r, parameter)
	if err != nil {
		return nil, err
	}
	found := b.current(name)
	if given {
		found = nil
		for _, o := range b.objects[name] {
			if o.Generation == strconv.FormatInt(generation, 10) {
				found = o
			}
		}
	}
	if found == nil {
		return nil, status.Errorf(codes.NotFound, "No such object: %s/%s", b.Name, name)
	}
	return found, nil
}

// put makes a content an object's new generation, if the request's preconditions hold;
// if not, the content is removed. The service is locked.
func (s *Service) put(r *http.Request, b *bucket, name string, m metadata, c content) (any, error) {
	err := checkObject(r, b.current(name))
	if err == nil {
		err = m.check()
	}
	if err == nil {
		err = b.retained(b.current(name), s.now())
	}
	if err != nil {
		c.remove()
		return nil, err
	}
	if m.ContentType == "" {
		m.ContentType = "application/octet-stream"
	}
	now := s.timestamp()
	generation := strconv.FormatInt(s.nextGeneration(), 10)
	path := "/storage/v1/b/" + b.Name + "/o/" + url.PathEscape(name)
	o := &object{
		Kind: "storage#object", ID: fmt.Sprintf("%s/%s/%s", b.Name, name, generation), SelfLink: s.url + path,
		MediaLink: s.root + "/download" + path + "?generation=" + generation + "&alt=media",
		Name:      name, Bucket: b.Name, Generation: generation, Metageneration: "1", StorageClass: b.StorageClass,
		Size: strconv.FormatInt(c.size, 10), MD5Hash: c.md5, CRC32C: c.crc32c, Etag: etag(generation, "1"),
		TimeCreated: now, TimeFinalized: now, Updated: now, metadata: m, content: c,
	}
	s.retire(b, name, now)
	b.objects[name] = append(b.objects[name], o)
	return *o, nil
}

// retire makes the live generation of an object noncurrent, or removes it where its
// bucket keeps none.
func (s *Service) retire(b *bucket, name, now string) {
	o := b.current(name)
	switch {
	case o == nil:
	case b.Versioning != nil && b.Versioning.Enabled:
		o.TimeDeleted = now
	default:
		b.remove(o)
	}
}

// remove deletes a generation.
func (b *bucket) remove(o *object) {
	b.objects[o.Name] = slices.DeleteFunc(b.objects[o.Name], func(other *object) bool { return other == o })
	if len(b.objects[o.Name]) == 0 {
		delete(b.objects, o.Name)
	}
	o.content.remove()
}

// locate finds the bucket and the generation of the object that a request's path names,
// if its preconditions hold. The service is locked.
func (s *Service) locate(r *http.Request) (*bucket, *object, error) {
	b, err := s.findBucket(r)
	if err != nil {
		return nil, nil, err
	}
	o, err := b.find(r, r.PathValue("object"), "generation")
	if err != nil {
		return nil, nil, err
	}
	return b, o, checkObject(r, o)
}

func (s *Service) getObject(w http.ResponseWriter, r *http.Request) (any, error) {
	if err := api.Parameters(r, append([]string{"alt", "generation", "projection"}, conditions...)...); err != nil {
		return nil, err
	}
	s.mu.Lock()
	_, o, err := s.locate(r)
	if err != nil {
		s.mu.Unlock()
		return nil, err
	}
	switch alt := r.URL.Query().Get("alt"); alt {
	case "", "json":
		defer s.mu.Unlock()
		return *o, nil
	case "media":
		f, err := os.Open(o.content.file)
		sent := *o
		s.mu.Unlock()
		if err != nil {
			return nil, err
		}
		defer f.Close()
		return nil, sent.download(w, r, f)
	default:
		s.mu.Unlock()
		return nil, status.Errorf(codes.InvalidArgument, "Invalid value for the parameter alt: %q is neither json nor media.", alt)
	}
}

// download sends an object's content, or the ranges of it that are asked for.
func (o *object) download(w http.ResponseWriter, r *http.Request, f io.ReadSeeker) error {
	h := w.Header()
	for name, value := range map[string]string{
		"Content-Type": o.ContentType, "Content-Encoding": o.ContentEncoding, "Content-Disposition": o.ContentDisposition,
		"Content-Language": o.ContentLanguage, "Cache-Control": o.CacheControl, "ETag": `"` + o.Etag + `"`,
		"X-Goog-Generation": o.Generation, "X-Goog-Metageneration": o.Metageneration, "X-Goog-Storage-Class": o.StorageClass,
		"X-Goog-Stored-Content-Length": o.Size, "X-Goog-Hash": "crc32c=" + o.CRC32C + ",md5=" + o.MD5Hash,
	} {
		if value != "" {
			h.Set(name, value)
		}
	}
	updated, err := time.Parse(time.RFC3339Nano, o.Updated)
	if err != nil {
		return err
	}
	http.ServeContent(w, r, "", updated, f)
	return nil
}

// patchObject changes metadata: null removes a field, and a member of metadata.
func (s *Service) patchObject(_ http.ResponseWriter, r *http.Request) (any, error) {
	if err := api.Parameters(r, append([]string{"generation", "projection"}, conditions...)...); err != nil {
		return nil, err
	}
	var patch struct {
		ContentType        *string            `json:"contentType"`
		ContentEncoding    *string            `json:"contentEncoding"`
		ContentDisposition *string            `json:"contentDisposition"`
		ContentLanguage    *string            `json:"contentLanguage"`
		CacheControl       *string            `json:"cacheControl"`
		CustomTime         *string            `json:"customTime"`
		Metadata           map[string]*string `json:"metadata"`
	}
	if err := api.Read(r, &patch); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	_, o, err := s.locate(r)
	if err != nil {
		return nil, err
	}
	m := o.metadata
	for field, value := range map[*string]*string{
		&m.ContentType: patch.ContentType, &m.ContentEncoding: patch.ContentEncoding, &m.ContentDisposition: patch.ContentDisposition,
		&m.ContentLanguage: patch.ContentLanguage, &m.CacheControl: patch.CacheControl, &m.CustomTime: patch.CustomTime,
	} {
		if value != nil {
			*field = *value
		}
	}
	m.Metadata = patched(m.Metadata, patch.Metadata)
	if err := m.check(); err != nil {
		return nil, err
	}
	last, _ := strconv.Atoi(o.Metageneration) // always a number
	o.metadata, o.Metageneration, o.Updated = m, strconv.Itoa(last+1), s.timestamp()
	o.Etag = etag(o.Generation, o.Metageneration)
	return *o, nil
}

// deleteObject deletes the generation that is named, or makes the live one noncurrent.
func (s *Service) deleteObject(w http.ResponseWriter, r *http.Request) (any, error) {
	if err := api.Parameters(r, append([]string{"generation"}, conditions...)...); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	b, o, err := s.locate(r)
	if err != nil {
		return nil, err
	}
	if err := b.retained(o, s.now()); err != nil {
		return nil, err
	}
	if r.URL.Query().Get("generation") != "" {
		b.remove(o)
	} else {
		s.retire(b, o.Name, s.timestamp())
	}
	w.WriteHeader(http.StatusNoContent)
	return nil, nil
}

// named is a bucket. s.mu must be held. The error's status is NOT_FOUND where it isn't there.
func (s *Service) named(name string) (*bucket, error) {
	b := s.buckets[name]
	if b == nil {
		return nil, status.Errorf(codes.NotFound, "The bucket %s does not exist.", name)
	}
	return b, nil
}

// Object is the content of an object's live generation. The error's status is NOT_FOUND
// where the bucket or the object isn't there.
func (s *Service) Object(_ context.Context, bucket, name string) (io.ReadCloser, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	b, err := s.named(bucket)
	if err != nil {
		return nil, err
	}
	b.expire(s.now())
	o := b.current(name)
	if o == nil {
		return nil, status.Errorf(codes.NotFound, "No such object: %s/%s", bucket, name)
	}
	return os.Open(o.content.file)
}

// List are the names of a bucket's objects that have a live generation. The error's status is
// NOT_FOUND where the bucket isn't there.
func (s *Service) List(bucket string) ([]string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	b, err := s.named(bucket)
	if err != nil {
		return nil, err
	}
	b.expire(s.now())
	names := slices.Collect(maps.Keys(b.objects))
	return slices.DeleteFunc(names, func(name string) bool { return b.current(name) == nil }), nil
}

// Create makes content the live generation of an object. The error's status is NOT_FOUND
// where the bucket isn't there.
func (s *Service) Create(bucket, name, contentType string, content io.Reader) error {
	c, err := s.contents.write(content)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	b, err := s.named(bucket)
	if err != nil {
		c.remove()
		return err
	}
	_, err = s.put(&http.Request{URL: new(url.URL)}, b, name, metadata{ContentType: contentType}, c)
	return err
}
