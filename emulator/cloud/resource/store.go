// Package resource holds resources of APIs that are only kept here: they can be created,
// read, listed, changed and deleted, and nothing is done with them.
package resource

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"sync"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/tallystream/tallystream/emulator/cloud/api"
)

// Store has resources by name, like projects/p/locations/l/repositories/r. What goes in
// and comes out are copies.
type Store struct {
	mu  sync.Mutex
	all map[string]api.Object
}

// NewStore returns a store without resources.
func NewStore() *Store { return &Store{all: map[string]api.Object{}} }

// Create adds a resource; ALREADY_EXISTS where there is one of that name.
func (s *Store) Create(name string, o api.Object) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.all[name] != nil {
		return status.Errorf(codes.AlreadyExists, "Resource '%s' already exists", name)
	}
	s.all[name] = clone(o)
	return nil
}

// Get is a resource; NOT_FOUND where there is none of that name.
func (s *Store) Get(name string) (api.Object, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.all[name] == nil {
		return nil, notFound(name)
	}
	return clone(s.all[name]), nil
}

func notFound(name string) error {
	return status.Errorf(codes.NotFound, "Resource '%s' was not found", name)
}

// List are the resources whose names match a pattern, sorted by name: * stands for one
// segment, and so does - in place of an id, as https://google.aip.dev/159 has it.
func (s *Store) List(pattern string) []api.Object {
	all := s.matching(pattern)
	found := []api.Object{}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		found = append(found, all[name])
	}
	return found
}

// matching are the resources of List by their names.
func (s *Store) matching(pattern string) map[string]api.Object {
	s.mu.Lock()
	defer s.mu.Unlock()
	found := map[string]api.Object{}
	for name, o := range s.all {
		if Match(pattern, name) {
			found[name] = clone(o)
		}
	}
	return found
}

// FullNames are the names of all resources as policies have them, sorted: those of an API's host, such as
// //iam.googleapis.com/projects/p/roles/r.
func (s *Store) FullNames(host string) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	names := slices.Sorted(maps.Keys(s.all))
	for n, name := range names {
		names[n] = "//" + host + "/" + name
	}
	return names
}

// Change replaces a resource by what change makes of it; NOT_FOUND where there is none.
func (s *Store) Change(name string, change func(api.Object) error) (api.Object, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.all[name] == nil {
		return nil, notFound(name)
	}
	o := clone(s.all[name])
	if err := change(o); err != nil {
		return nil, err
	}
	s.all[name] = o
	return clone(o), nil
}

// Delete removes a resource and what is below it, and returns it; NOT_FOUND where there
// is none.
func (s *Store) Delete(name string) (api.Object, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	gone := s.all[name]
	if gone == nil {
		return nil, notFound(name)
	}
	maps.DeleteFunc(s.all, func(other string, _ api.Object) bool {
		return other == name || strings.HasPrefix(other, name+"/")
	})
	return gone, nil
}

// Match reports whether a path has the segments of a pattern, in which * and - stand for
// any one, and a last ** for one or more.
func Match(pattern, path string) bool {
	want, got := strings.Split(strings.Trim(pattern, "/"), "/"), strings.Split(strings.Trim(path, "/"), "/")
	if n := len(want) - 1; want[n] == "**" && len(got) > len(want) {
		got = append(got[:n:n], strings.Join(got[n:], "/"))
	}
	if len(want) != len(got) {
		return false
	}
	for n, segment := range want {
		if segment != "*" && segment != "-" && segment != "**" && segment != got[n] {
			return false
		}
	}
	return true
}

// Update applies a change to a resource as a PATCH does: the fields that a mask names,
// like description,labels.a or in snake_case, are those of the change; without a mask
// those that the change has.
func Update(o, change api.Object, mask string) {
	if mask == "" {
		maps.Copy(o, change)
		return
	}
	for field := range strings.SplitSeq(mask, ",") {
		if field = strings.TrimSpace(field); field == "*" {
			maps.Copy(o, change)
		} else if field != "" {
			set(o, change, strings.Split(field, "."))
		}
	}
}

// set gives the field at a path its value in the change, or removes it.
func set(o, change api.Object, path []string) {
	field := path[0]
	value, ok := change[field]
	if !ok {
		field = api.Camel(field)
		value, ok = change[field]
	}
	if len(path) == 1 {
		if ok {
			o[field] = value
		} else {
			delete(o, field)
		}
		return
	}
	inner, isObject := o[field].(api.Object)
	if !isObject {
		inner = api.Object{}
		o[field] = inner
	}
	changed, _ := value.(api.Object)
	set(inner, changed, path[1:])
}

// clone copies a resource, which is JSON.
func clone(o api.Object) api.Object {
	b, err := json.Marshal(o)
	if err != nil {
		panic(err) // it came from JSON
	}
	var out api.Object
	if err := json.Unmarshal(b, &out); err != nil {
		panic(err)
	}
	return out
}
