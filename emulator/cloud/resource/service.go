package resource

import (
	"context"
	"fmt"
	"net/http"
	"path"
	"strings"
	"sync/atomic"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/tallystream/tallystream/emulator/cloud/api"
	"github.com/tallystream/tallystream/emulator/cloud/operation"
	"github.com/tallystream/tallystream/emulator/cloud/policy"
)

// Kind is a collection of resources in an API.
type Kind struct {
	// Collection is the path of the collection, without the version that stands first:
	// projects/*/locations/*/repositories.
	Collection string
	// IDs is the parameter that names a new resource, like repositoryId. Without one it
	// is the field name of the body, or one that the service makes.
	IDs string
	// MadeIDs: the service makes the id of a new resource, as Cloud Monitoring does.
	MadeIDs bool
	// Complete adds what the service adds to a new resource. The name is in it, as a path.
	Complete func(api.Object)
	// Check refuses what a resource can't be, when it is made and when it is changed.
	Check func(api.Object) error
	// LongRunning: what changes a resource answers with an operation.
	LongRunning bool
	// IAM: a resource has a policy.
	IAM bool
	// Slashes: an id may have slashes.
	Slashes bool
	// ShortNames: the name that a resource has is its id, not its path.
	ShortNames bool
	// Creates is a method that creates a resource too, with an operation for an answer.
	Creates string
}

// named is what a resource says of its name.
func (k Kind) named(name string) string {
	if k.ShortNames {
		return strings.Join(strings.Split(name, "/")[strings.Count(k.Collection, "/")+1:], "/")
	}
	return name
}

// member is the pattern of the collection's resources.
func (k Kind) member() string {
	if k.Slashes {
		return k.Collection + "/**"
	}
	return k.Collection + "/*"
}

func (k Kind) check(o api.Object) error {
	if k.Check == nil {
		return nil
	}
	return k.Check(o)
}

// Service is an API that keeps resources. It is an http.Handler.
type Service struct {
	// Locations are the ids of those that the API lists, for clients that ask each of
	// them. None is an API without locations.
	Locations []string

	host     string
	kinds    []Kind
	store    *Store
	policies *policy.Policies
	ops      *operation.Operations
	made     atomic.Int64 // ids so far
}

// New returns the API of a host, like artifactregistry.googleapis.com, with some kinds of
// resources. Its operations end with ctx.
func New(ctx context.Context, host string, policies *policy.Policies, kinds ...Kind) *Service {
	return &Service{host: host, kinds: kinds, store: NewStore(), policies: policies, ops: operation.New(ctx)}
}

// Names are the full names of all resources: //host/projects/p/….
func (s *Service) Names() []string { return s.store.FullNames(s.host) }

// Resources are those whose names match a pattern, by their names.
func (s *Service) Resources(pattern string) map[string]api.Object { return s.store.matching(pattern) }

func (s *Service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	api.Method(s.serve).ServeHTTP(w, r)
}

// serve answers a request whose path is /VERSION/COLLECTION[/ID][:VERB].
func (s *Service) serve(r *http.Request) (any, error) {
	resource, verb := api.Verb(strings.TrimSuffix(r.URL.Path, "/"))
	_, name, _ := strings.Cut(strings.TrimPrefix(resource, "/"), "/") // without the version
	if verb == "" && r.Method == http.MethodGet && path.Base(path.Dir(name)) == "operations" {
		return s.ops.Get(name)
	}
	if verb == "" && r.Method == http.MethodGet && len(s.Locations) > 0 && Match("projects/*/locations", name) {
		return api.Locations(name, s.Locations), nil
	}
	for _, k := range s.kinds {
		switch {
		case verb == "" && Match(k.Collection, name):
			return s.collection(r, k, name)
		case verb == "" && Match(k.member(), name):
			return s.one(r, k, name)
		case k.IAM && policy.IsMethod(verb) && Match(k.member(), name):
			return s.policy(r, verb, name)
		case verb != "" && verb == k.Creates && r.Method == http.MethodPost && Match(k.Collection, name):
			k.LongRunning = true
			return s.create(r, k, name)
		}
	}
	return nil, api.Unknown(r)
}

func (s *Service) collection(r *http.Request, k Kind, name string) (any, error) {
	switch r.Method {
	case http.MethodGet:
		return api.Object{path.Base(k.Collection): s.store.List(name + strings.TrimPrefix(k.member(), k.Collection))}, nil
	case http.MethodPost:
		return s.create(r, k, name)
	}
	return nil, api.Unknown(r)
}

func (s *Service) one(r *http.Request, k Kind, name string) (any, error) {
	switch r.Method {
	case http.MethodGet:
		return s.store.Get(name)
	case http.MethodPatch, http.MethodPut:
		var change api.Object
		if err := api.Read(r, &change); err != nil {
			return nil, err
		}
		return s.done(k, name, "update", func() (api.Object, error) {
			return s.store.Change(name, func(o api.Object) error {
				Update(o, change, r.URL.Query().Get("updateMask"))
				o["name"], o["updateTime"] = k.named(name), now()
				return k.check(o)
			})
		})
	case http.MethodDelete:
		return s.done(k, name, "delete", func() (api.Object, error) {
			s.policies.Delete(s.full(name))
			_, err := s.store.Delete(name)
			return api.Object{}, err
		})
	}
	return nil, api.Unknown(r)
}

func (s *Service) create(r *http.Request, k Kind, collection string) (any, error) {
	body := api.Object{}
	if err := api.Read(r, &body); err != nil {
		return nil, err
	}
	id, err := s.id(r, k, body)
	if err != nil {
		return nil, err
	}
	name := collection + "/" + id
	body["name"], body["createTime"], body["updateTime"] = name, now(), now()
	if err := k.check(body); err != nil {
		return nil, err
	}
	if k.Complete != nil {
		k.Complete(body)
	}
	body["name"] = k.named(name)
	return s.done(k, name, "create", func() (api.Object, error) { return body, s.store.Create(name, body) })
}

// id is that of a resource that is to be made.
func (s *Service) id(r *http.Request, k Kind, body api.Object) (string, error) {
	if k.MadeIDs {
		return fmt.Sprint(s.made.Add(1)), nil
	}
	id := ""
	for parameter, values := range r.URL.Query() {
		if k.IDs != "" && strings.EqualFold(strings.ReplaceAll(parameter, "_", ""), k.IDs) {
			id = values[0]
		}
	}
	if name, ok := body["name"].(string); ok && id == "" {
		if id = name; !k.Slashes || strings.HasPrefix(name, "projects/") {
			id = path.Base(name)
		}
	}
	if id == "" || strings.Contains(id, "/") && !k.Slashes {
		return "", status.Errorf(codes.InvalidArgument, "The id of a resource of %s is missing or has a slash: %q.", k.Collection, id)
	}
	return id, nil
}

// done makes a change and answers with what it returns, or with an operation that is
// done with it. What can't be done fails at once in both.
func (s *Service) done(k Kind, name, verb string, change func() (api.Object, error)) (any, error) {
	changed, err := change()
	if err != nil || !k.LongRunning {
		return changed, err
	}
	parent := "projects/" + api.Segment(name, "projects")
	if location := api.Segment(name, "locations"); location != "" {
		parent += "/locations/" + location
	}
	metadata := api.Object{"target": name, "verb": verb, "createTime": now()}
	return s.ops.Start(parent, metadata, func(context.Context) (api.Object, error) { return changed, nil }), nil
}

func (s *Service) policy(r *http.Request, verb, name string) (any, error) {
	if _, err := s.store.Get(name); err != nil {
		return nil, err
	}
	return s.policies.Method(r, verb, "", s.full(name), policy.Project(name))
}

// full is the full name of a resource.
func (s *Service) full(name string) string { return "//" + s.host + "/" + name }

func now() string { return time.Now().UTC().Format(time.RFC3339Nano) }
