package storage

import (
	"net/http"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/tallystream/tallystream/emulator/cloud/api"
)

// rewrite copies an object in one step, however large it is.
func (s *Service) rewrite(w http.ResponseWriter, r *http.Request) (any, error) {
	made, err := s.copy(w, r)
	if err != nil {
		return nil, err
	}
	o := made.(object)
	return api.Object{
		"kind": "storage#rewriteResponse", "totalBytesRewritten": o.Size, "objectSize": o.Size, "done": true, "resource": o,
	}, nil
}

// copy copies an object, with its metadata unless the request describes another.
func (s *Service) copy(_ http.ResponseWriter, r *http.Request) (any, error) {
	err := api.Parameters(r, append([]string{
		"sourceGeneration", "projection", "ifSourceGenerationMatch", "ifSourceGenerationNotMatch",
		"ifSourceMetagenerationMatch", "ifSourceMetagenerationNotMatch", "userProject",
	}, conditions...)...)
	if err != nil {
		return nil, err
	}
	var d described
	if err := readDescription(r.Body, &d); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	b, err := s.findBucket(r)
	if err != nil {
		return nil, err
	}
	from, err := b.find(r, r.PathValue("object"), "sourceGeneration")
	if err != nil {
		return nil, err
	}
	if err := check(r, "ifSourceGeneration", from.Generation); err != nil {
		return nil, err
	}
	if err := check(r, "ifSourceMetageneration", from.Metageneration); err != nil {
		return nil, err
	}
	to := s.buckets[r.PathValue("toBucket")]
	if to == nil {
		return nil, status.Error(codes.NotFound, "The specified bucket does not exist.")
	}
	d.Name = r.PathValue("toObject")
	if err := d.check(to); err != nil {
		return nil, err
	}
	m := d.metadata
	if m.ContentType == "" && m.Metadata == nil {
		m = from.metadata
	}
	c, err := s.contents.duplicate(from.content)
	if err != nil {
		return nil, err
	}
	if err := d.checksums(c); err != nil {
		c.remove()
		return nil, err
	}
	return s.put(r, to, d.Name, m, c)
}
