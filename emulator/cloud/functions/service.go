// Package functions is Cloud Functions on one machine: the API, version 2, by which
// gcloud and the Terraform provider deploy functions, and of version 1 what they ask for
// besides. A function that is created or updated is built by emulator/cloud/build and
// runs in a service of emulator/cloud/run of its name. There are functions in Go only,
// and functions that are called by HTTP only.
package functions

import (
	"cmp"
	"context"
	"io"
	"slices"
	"sync"
	"time"

	"github.com/tallystream/tallystream/emulator/cloud/api"
	"github.com/tallystream/tallystream/emulator/cloud/build"
	"github.com/tallystream/tallystream/emulator/cloud/operation"
	"github.com/tallystream/tallystream/emulator/cloud/policy"
	"github.com/tallystream/tallystream/emulator/cloud/run"
)

// Sources is where archives are: Cloud Storage.
type Sources interface {
	// Object reads an object.
	Object(ctx context.Context, bucket, object string) (io.ReadCloser, error)
	// UploadURL is where the bytes of an object may be sent to by PUT.
	UploadURL(bucket, object string) string
}

// Secrets reads secrets.
type Secrets interface {
	// Access is the value of projects/P/secrets/S/versions/V, where V may be latest.
	Access(ctx context.Context, name string) ([]byte, error)
}

// Options configure a Service. Without one of the first four fields it can't work.
type Options struct {
	Sources  Sources
	Secrets  Secrets
	Services *run.Services
	Builds   *build.Cache

	Records  *build.Records   // of builds; nil keeps none
	Policies *policy.Policies // of the functions; nil is policies of their own
	// EnforceSecrets refuses a function whose service account lacks
	// secretmanager.versions.access on a secret that it reads.
	EnforceSecrets bool
	Sink           run.Sink // takes the lines of builds' logs; nil discards
	// Runtimes are those that can be built for, like go126; nil is build.Runtimes.
	Runtimes func(context.Context) ([]string, error)
}

// Service has the functions of all projects. It is an http.Handler:
// cloudfunctions.googleapis.com.
type Service struct {
	*api.Router
	options    Options
	operations *operation.Operations
	now        func() time.Time

	mu  sync.Mutex
	all map[string]*deployment // by name: projects/P/locations/L/functions/F
}

// deployment is a function with what it was deployed from.
type deployment struct {
	function
	busy    bool      // an operation is under way
	serving *function // as it was deployed last; nil where nothing serves
	program build.Program
	image   string
}

// New returns no functions. What they start ends with ctx; Wait returns when it has.
func New(ctx context.Context, o Options) *Service {
	if o.Records == nil {
		o.Records = build.NewRecords()
	}
	if o.Policies == nil {
		o.Policies = policy.New()
	}
	if o.Sink == nil {
		o.Sink = func(run.Resource, map[string]string, []byte) {}
	}
	if o.Runtimes == nil {
		o.Runtimes = build.Runtimes
	}
	s := &Service{Router: api.NewRouter(), options: o, operations: operation.New(ctx), now: time.Now, all: map[string]*deployment{}}
	s.routes()
	return s
}

// Wait returns when the work of every operation has ended.
func (s *Service) Wait() { s.operations.Wait() }

func (s *Service) routes() {
	const (
		project   = "/v2/projects/{project}"
		location  = project + "/locations/{location}"
		functions = location + "/functions"
		function  = functions + "/{function}"
	)
	for pattern, m := range map[string]api.Method{
		"GET " + functions:                                          s.list,
		"POST " + functions:                                         s.create,
		"GET " + function:                                           s.get,
		"PATCH " + function:                                         s.patch,
		"DELETE " + function:                                        s.delete,
		"POST " + functions + ":generateUploadUrl":                  s.generateUploadURL,
		"GET " + location + "/runtimes":                             s.runtimes,
		"GET " + location + "/operations/{id}":                      s.operation,
		"GET " + project + "/locations":                             locations,
		"GET /v1/projects/{project}/locations":                      locations,
		"GET /v1/projects/{project}/locations/{location}/functions": none,
	} {
		s.Handle(pattern, m)
	}
	s.options.Policies.Serve(s.Router, function, s.resource)
}

// FullName is the name under which a function has its policy, of
// projects/P/locations/L/functions/F.
func FullName(function string) string { return "//cloudfunctions.googleapis.com/" + function }

// sorted are the functions of a project and a location, which is empty for all, by name.
func (s *Service) sorted(project, location string) []function {
	s.mu.Lock()
	defer s.mu.Unlock()
	var found []function
	for name, d := range s.all {
		if api.Segment(name, "projects") == project && (location == "" || api.Segment(name, "locations") == location) {
			found = append(found, d.function)
		}
	}
	slices.SortFunc(found, func(a, b function) int { return cmp.Compare(a.Name, b.Name) })
	return found
}

// Names are the full names of all functions, sorted.
func (s *Service) Names() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var names []string
	for name := range s.all {
		names = append(names, FullName(name))
	}
	slices.Sort(names)
	return names
}
