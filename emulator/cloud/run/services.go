package run

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/tallystream/tallystream/emulator/cloud/api"
	"github.com/tallystream/tallystream/emulator/cloud/policy"
	"github.com/tallystream/tallystream/emulator/profile"
)

// Resource is a monitored resource that a line of a log is of
// (https://cloud.google.com/logging/docs/api/v2/resource-list).
type Resource struct {
	Type   string
	Labels map[string]string
}

// Sink takes a line of a log, without its end of line. It may be called by several
// goroutines, and may keep none of what it is given.
type Sink func(resource Resource, labels map[string]string, line []byte)

// Options configure Services. Every field may be left out.
type Options struct {
	// Policies are those of the services; nil is policies of their own.
	Policies *policy.Policies
	// EnforceInvoker answers 403 to callers who lack run.routes.invoke on a service.
	EnforceInvoker bool
	// Profile has the times of Google Cloud; nil takes no time for a cold start.
	Profile *profile.Profile
	// Throttle takes the processor away from instances without a request, as Cloud Run
	// does where it bills by the request.
	Throttle bool
	// Sink takes what instances write to their standard streams, and what Cloud Run says
	// of them; nil discards.
	Sink Sink
	// Environment is what every instance has that runs as a service account, as
	// NAME=value: the addresses of emulators.
	Environment func(serviceAccount string) ([]string, error)
	// StartTimeout is how long an instance may take until it listens. 0 is 4 minutes, as
	// Cloud Run's default probe has it
	// (https://cloud.google.com/run/docs/configuring/healthchecks#tcp-startup-probe).
	StartTimeout time.Duration
	// StopTimeout is how long an instance may take to end after SIGTERM. 0 is 10 s
	// (https://cloud.google.com/run/docs/container-contract#instance-shutdown).
	StopTimeout time.Duration
	Log         *slog.Logger // of the emulator; nil discards
}

// Services are those of all projects. It is an http.Handler: run.googleapis.com.
type Services struct {
	*api.Router
	options Options
	now     func() time.Time

	mu     sync.Mutex
	all    map[string]*service // by name
	closed bool
}

// New returns no services. Close has to be called.
func New(o Options) (*Services, error) {
	if o.Policies == nil {
		o.Policies = policy.New()
	}
	if o.Profile == nil {
		var err error
		// Limits hold without a profile too.
		o.Profile, err = profile.Parse("cloud", profile.Options{Sleep: func(ctx context.Context, _ time.Duration) error { return ctx.Err() }})
		if err != nil {
			return nil, err
		}
	}
	if o.Sink == nil {
		o.Sink = func(Resource, map[string]string, []byte) {}
	}
	if o.Environment == nil {
		o.Environment = func(string) ([]string, error) { return nil, nil }
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	o.StartTimeout = cmp.Or(o.StartTimeout, 4*time.Minute)
	o.StopTimeout = cmp.Or(o.StopTimeout, 10*time.Second)
	s := &Services{Router: api.NewRouter(), options: o, now: time.Now, all: map[string]*service{}}
	s.routes()
	return s, nil
}

// Deploy starts a revision of a service, which it makes where there is none, and returns
// once the revision has all of the traffic. A revision that doesn't listen leaves
// everything as it was; the error is FAILED_PRECONDITION then, and says why.
func (s *Services) Deploy(ctx context.Context, t Template) (Deployed, error) {
	if err := t.check(); err != nil {
		return Deployed{}, err
	}
	svc, err := s.serviceFor(t.Service)
	if err != nil {
		return Deployed{}, err
	}
	d, err := svc.deploy(ctx, t)
	if err != nil {
		s.forgetUnserving(svc)
	}
	return d, err
}

// serviceFor is a service, or a new one of that name.
func (s *Services) serviceFor(name string) (*service, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil, status.Error(codes.Unavailable, "The emulator ends.")
	}
	svc := s.all[name]
	if svc == nil {
		var err error
		if svc, err = s.newService(name); err != nil {
			return nil, err
		}
		s.all[name] = svc
	}
	return svc, nil
}

// forgetUnserving forgets a service that has never had a revision that serves.
func (s *Services) forgetUnserving(svc *service) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if svc.serving() == nil && s.all[svc.name] == svc {
		delete(s.all, svc.name)
		svc.close()
	}
}

// Delete stops a service and returns when its processes have ended. One that isn't there
// is no error.
func (s *Services) Delete(name string) {
	s.mu.Lock()
	svc := s.all[name]
	delete(s.all, name)
	s.mu.Unlock()
	if svc != nil {
		s.options.Policies.Delete(FullName(name))
		svc.close()
	}
}

// Close stops all services and returns when their processes have ended.
func (s *Services) Close() {
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	var closing sync.WaitGroup
	for _, svc := range s.list("", "") {
		closing.Go(svc.close)
	}
	closing.Wait()
}

// list are the services of a project and a location, each of which may be empty for all,
// by name.
func (s *Services) list(project, location string) []*service {
	s.mu.Lock()
	defer s.mu.Unlock()
	var found []*service
	for _, svc := range s.all {
		if (project == "" || svc.project == project) && (location == "" || svc.location == location) && svc.serving() != nil {
			found = append(found, svc)
		}
	}
	slices.SortFunc(found, func(a, b *service) int { return strings.Compare(a.name, b.name) })
	return found
}

// FullName is the name under which a service has its policy, of
// projects/P/locations/L/services/S.
func FullName(service string) string { return "//run.googleapis.com/" + service }

// Names are the full names of all services, sorted.
func (s *Services) Names() []string {
	var names []string
	for _, svc := range s.list("", "") {
		names = append(names, FullName(svc.name))
	}
	return names
}

var errGone = errors.New("the service was deleted")
