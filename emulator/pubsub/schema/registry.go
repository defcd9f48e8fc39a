package schema

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"sync"

	"cloud.google.com/go/pubsub/v2/apiv1/pubsubpb"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// maxRevisions is how many revisions a schema may have at a time.
const maxRevisions = 20

// Deleted is what the settings of a topic name whose schema was deleted.
const Deleted = "_deleted-schema_"

// Registry keeps schemas. It is safe for concurrent use.
type Registry struct {
	mu      sync.RWMutex
	schemas map[string][]revision // by their names; the oldest first
}

type revision struct {
	resource *pubsubpb.Schema
	parsed   Schema
}

// NewRegistry returns a registry without schemas.
func NewRegistry() *Registry { return &Registry{schemas: map[string][]revision{}} }

// split divides a name that may have a revision behind @.
func split(name string) (schema, revision string) {
	schema, revision, _ = strings.Cut(name, "@")
	return schema, revision
}

func notFound(name string) error {
	return status.Errorf(codes.NotFound, "Schema not found (resource=%s).", name[strings.LastIndexByte(name, '/')+1:])
}

// As says how a revision is added.
type As int

// The ways to add a revision.
const (
	First As = iota // of a new schema
	Next            // which has to follow the last one
	Again           // of an earlier one
)

// Add adds a revision to a schema. note is called before.
func (r *Registry) Add(s *pubsubpb.Schema, as As, note func() error) error {
	parsed, err := Parse(s)
	if err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	all := r.schemas[s.Name]
	switch {
	case as != First && len(all) == 0:
		return notFound(s.Name)
	case as == First && len(all) > 0:
		return status.Errorf(codes.AlreadyExists, "Schema already exists (resource=%s).", s.Name)
	case len(all) >= maxRevisions:
		return status.Errorf(codes.ResourceExhausted, "The schema has %d revisions already: delete one first.", len(all))
	}
	if as == Next {
		last := all[len(all)-1]
		if last.resource.Type != s.Type {
			return status.Errorf(codes.InvalidArgument, "The type of a schema can't change: it is %v.", last.resource.Type)
		}
		if err := parsed.Follows(last.parsed); err != nil {
			return status.Errorf(codes.InvalidArgument, "The revision is incompatible with the last one: %v.", err)
		}
	}
	if err := note(); err != nil {
		return err
	}
	r.schemas[s.Name] = append(all, revision{s, parsed})
	return nil
}

// Restore adds a revision that was checked before.
func (r *Registry) Restore(s *pubsubpb.Schema) error {
	parsed, err := Parse(s)
	if err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.schemas[s.Name] = append(r.schemas[s.Name], revision{s, parsed})
	return nil
}

// Get returns a revision of a schema: the last one, unless the name has another behind @.
func (r *Registry) Get(name string) (*pubsubpb.Schema, error) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	found, err := r.find(name)
	if err != nil {
		return nil, err
	}
	return found.resource, nil
}

func (r *Registry) find(name string) (revision, error) {
	schema, id := split(name)
	all := r.schemas[schema]
	if len(all) > 0 && id == "" {
		return all[len(all)-1], nil
	}
	if i := index(all, id); i >= 0 {
		return all[i], nil
	}
	return revision{}, notFound(name)
}

func index(all []revision, id string) int {
	return slices.IndexFunc(all, func(v revision) bool { return v.resource.RevisionId == id })
}

// Revisions returns the revisions of a schema, the newest first.
func (r *Registry) Revisions(name string) ([]*pubsubpb.Schema, error) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	all := r.schemas[name]
	if len(all) == 0 {
		return nil, notFound(name)
	}
	var list []*pubsubpb.Schema
	for _, v := range slices.Backward(all) {
		list = append(list, v.resource)
	}
	return list, nil
}

// All returns all revisions of all schemas, the oldest first.
func (r *Registry) All() []*pubsubpb.Schema {
	r.mu.RLock()
	defer r.mu.RUnlock()
	var list []*pubsubpb.Schema
	for _, name := range slices.Sorted(maps.Keys(r.schemas)) {
		for _, v := range r.schemas[name] {
			list = append(list, v.resource)
		}
	}
	return list
}

// Latest returns the last revision of each schema of a project, in order of their names.
func (r *Registry) Latest(project string) []*pubsubpb.Schema {
	r.mu.RLock()
	defer r.mu.RUnlock()
	var list []*pubsubpb.Schema
	for name, all := range r.schemas {
		if strings.HasPrefix(name, project+"/schemas/") {
			list = append(list, all[len(all)-1].resource)
		}
	}
	slices.SortFunc(list, func(a, b *pubsubpb.Schema) int { return cmp.Compare(a.Name, b.Name) })
	return list
}

// DeleteRevision deletes a revision, which has to leave another one.
func (r *Registry) DeleteRevision(name string, note func() error) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	schema, id := split(name)
	all := r.schemas[schema]
	i := index(all, id)
	if i < 0 {
		return notFound(name)
	}
	if len(all) == 1 {
		return status.Error(codes.FailedPrecondition, "The only revision of a schema can't be deleted: delete the schema.")
	}
	if err := note(); err != nil {
		return err
	}
	r.schemas[schema] = slices.Delete(slices.Clone(all), i, i+1)
	return nil
}

// Delete deletes a schema with its revisions.
func (r *Registry) Delete(name string, note func() error) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.schemas[name]) == 0 {
		return notFound(name)
	}
	if err := note(); err != nil {
		return err
	}
	delete(r.schemas, name)
	return nil
}

// CheckSettings returns why a topic can't have settings.
func (r *Registry) CheckSettings(s *pubsubpb.SchemaSettings) error {
	if s.Schema == Deleted {
		return nil
	}
	if s.Encoding != pubsubpb.Encoding_JSON && s.Encoding != pubsubpb.Encoding_BINARY {
		return status.Errorf(codes.InvalidArgument, "Invalid encoding %v in schema_settings: want JSON or BINARY.", s.Encoding)
	}
	r.mu.RLock()
	defer r.mu.RUnlock()
	_, err := r.allowed(s)
	return err
}

// allowed returns the revisions that settings admit, the oldest first.
func (r *Registry) allowed(s *pubsubpb.SchemaSettings) ([]revision, error) {
	all := r.schemas[s.Schema]
	if len(all) == 0 {
		return nil, notFound(s.Schema)
	}
	first, last := 0, len(all)-1
	if s.FirstRevisionId != "" {
		if first = index(all, s.FirstRevisionId); first < 0 {
			return nil, notFound(s.Schema + "@" + s.FirstRevisionId)
		}
	}
	if s.LastRevisionId != "" {
		if last = index(all, s.LastRevisionId); last < 0 {
			return nil, notFound(s.Schema + "@" + s.LastRevisionId)
		}
	}
	if first > last {
		return nil, status.Errorf(codes.InvalidArgument, "The first revision %s in schema_settings is newer than the last one, %s.", s.FirstRevisionId, s.LastRevisionId)
	}
	return all[first : last+1], nil
}

// Match returns the newest admitted revision that a message is valid by.
func (r *Registry) Match(s *pubsubpb.SchemaSettings, data []byte) (string, error) {
	if s.Schema == Deleted {
		return "", status.Error(codes.FailedPrecondition, "The schema of the topic was deleted: give the topic another one.")
	}
	r.mu.RLock()
	all, err := r.allowed(s)
	r.mu.RUnlock()
	if err != nil {
		return "", err
	}
	for _, v := range slices.Backward(all) {
		if err = Validate(v.parsed, data, s.Encoding); err == nil {
			return v.resource.RevisionId, nil
		}
	}
	return "", err
}
