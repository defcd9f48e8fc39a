package project

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/tallystream/tallystream/emulator/cloud/api"
	"github.com/tallystream/tallystream/emulator/cloud/resource"
)

// Services are those that projects have enabled: Service Usage's API v1. Nothing is
// refused because it isn't enabled.
type Services struct {
	projects *Projects

	mu      sync.Mutex
	enabled map[string]map[string]bool // by the project's id
}

// NewServices returns the services of projects, none of which is enabled.
func NewServices(projects *Projects) *Services {
	return &Services{projects: projects, enabled: map[string]map[string]bool{}}
}

func (s *Services) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	api.Method(s.serve).ServeHTTP(w, r)
}

func (s *Services) serve(r *http.Request) (any, error) {
	path, verb := api.Verb(r.URL.Path)
	if r.Method == http.MethodGet && verb == "" && resource.Match("v1/operations/*", path) {
		return finished(nil), nil
	}
	if !resource.Match("v1/projects/*/services", path) && !resource.Match("v1/projects/*/services/*", path) {
		return nil, api.Unknown(r)
	}
	id, err := s.projects.ID(api.Segment(path, "projects"))
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.enabled[id] == nil {
		s.enabled[id] = map[string]bool{}
	}
	name := api.Segment(path, "services")
	switch {
	case r.Method == http.MethodGet && verb == "" && name == "":
		return s.list(r, id)
	case r.Method == http.MethodGet && verb == "":
		return s.object(id, name), checkName(name)
	case r.Method == http.MethodGet && verb == "batchGet" && name == "":
		return s.batchGet(r, id)
	case r.Method == http.MethodPost && (verb == "enable" || verb == "disable") && name != "":
		return s.set(id, verb == "enable", name)
	case r.Method == http.MethodPost && verb == "batchEnable" && name == "":
		var body struct {
			ServiceIds []string `json:"serviceIds"`
		}
		if err := api.Read(r, &body); err != nil {
			return nil, err
		}
		return s.set(id, true, body.ServiceIds...)
	}
	return nil, api.Unknown(r)
}

// set enables or disables services of a project.
func (s *Services) set(id string, enabled bool, names ...string) (any, error) {
	for _, name := range names {
		if err := checkName(name); err != nil {
			return nil, err
		}
	}
	services := []api.Object{}
	for _, name := range names {
		if enabled {
			s.enabled[id][name] = true
		} else {
			delete(s.enabled[id], name)
		}
		services = append(services, s.object(id, name))
	}
	if len(names) == 1 {
		return finished(api.Object{"service": services[0]}), nil
	}
	return finished(api.Object{"services": services}), nil
}

// checkName refuses what is no service of Google's.
func checkName(name string) error {
	if strings.HasSuffix(name, ".googleapis.com") {
		return nil
	}
	return status.Errorf(codes.NotFound, "Not found or permission denied for service(s): %s.", name)
}

// finished is an operation that is done: enabling takes no time.
func finished(response api.Object) api.Object {
	return api.Object{"name": "operations/noop.DONE_OPERATION", "done": true, "response": response}
}

func (s *Services) list(r *http.Request, id string) (any, error) {
	switch filter := r.URL.Query().Get("filter"); filter {
	case "state:ENABLED":
	default:
		return nil, status.Errorf(codes.Unimplemented, "The emulator lists services with the filter state:ENABLED only, not %q.", filter)
	}
	all := []api.Object{}
	for _, name := range slices.Sorted(maps.Keys(s.enabled[id])) {
		all = append(all, s.object(id, name))
	}
	return api.Object{"services": all}, nil
}

func (s *Services) batchGet(r *http.Request, id string) (any, error) {
	all := []api.Object{}
	for _, full := range r.URL.Query()["names"] {
		name := api.Segment(full, "services")
		if err := checkName(name); err != nil {
			return nil, err
		}
		all = append(all, s.object(id, name))
	}
	return api.Object{"services": all}, nil
}

func (s *Services) object(id, name string) api.Object {
	state := "DISABLED"
	if s.enabled[id][name] {
		state = "ENABLED"
	}
	number := "projects/" + Number(id)
	return api.Object{"name": number + "/services/" + name, "parent": number, "state": state, "config": api.Object{"name": name, "title": name}}
}
