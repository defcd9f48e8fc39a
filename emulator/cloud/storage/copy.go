package storage

import (
	"net/http"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/tallystream/tallystream/emulator/cloud/api"
)

// rewrite copies an object in one step, however large it is, as the API does within a
// location: maxBytesRewrittenPerCall is only for copies between two
// (https://cloud.google.com/storage/docs/json_api/v1/objects/rewrite), and is refused there.
func (s *Service) rewrite(_ http.ResponseWriter, r *http.Request) (any, error) {
	made, err := s.copyWith(r, "maxBytesRewrittenPerCall")
	if err != nil {
		return nil, err
	}
	o := made.(object)
	return api.Object{
		"kind": "storage#rewriteResponse", "totalBytesRewritten": o.Size, "objectSize": o.Size, "done": true, "resource": o,
	}, nil
}

func (s *Service) copy(_ http.ResponseWriter, r *http.Request) (any, error) { return s.copyWith(r) }

// copyWith copies an object, with its metadata unless the request describes another. It
// honours some parameters more.
func (s *Service) copyWith(r *http.Request, more ...string) (any, error) {
	err := api.Parameters(r, append(append(more,
		"sourceGeneration", "projection", "ifSourceGenerationMatch", "ifSourceGenerationNotMatch",
		"ifSourceMetagenerationMatch", "ifSourceMetagenerationNotMatch", "userProject",
	), conditions...)...)
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
	if limit := r.URL.Query().Get("maxBytesRewrittenPerCall"); limit != "" && to.Location != b.Location {
		return nil, status.Errorf(codes.Unimplemented, "maxBytesRewrittenPerCall=%s: the emulator copies from %s to %s in one step.", limit, b.Location, to.Location)
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
