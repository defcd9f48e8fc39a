package scheduler

import (
	"context"
	"log/slog"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/tallystream/tallystream/emulator/cloud/api"
	kept "github.com/tallystream/tallystream/emulator/cloud/resource"
	"github.com/tallystream/tallystream/emulator/profile"
	calls "github.com/tallystream/tallystream/emulator/scheduler"
)

const maxPageSize = 500

var jobID = regexp.MustCompile(`^[A-Za-z0-9_-]{1,500}$`)

// Options configures a Service. Every field may be left out.
type Options struct {
	Locations []string         // ids of those that are listed
	Profile   *profile.Profile // says how long a minute is
	Logger    *slog.Logger     // receives calls that fail
	Sink      Sink             // receives each attempt's entries; nil discards them
}

// Service has the jobs of all projects. It is an http.Handler for
// cloudscheduler.googleapis.com.
type Service struct {
	*api.Router
	options Options
	ctx     context.Context
	stop    context.CancelFunc
	work    sync.WaitGroup
	direct  *http.Transport // to targets, which are local

	mu   sync.Mutex
	jobs map[string]*running // by name: projects/P/locations/L/jobs/J
}

// running is a job and what calls as it says.
type running struct {
	resource
	due   calls.Job
	calls *calls.Scheduler
}

// New returns a service without jobs, which calls until Close or until ctx ends.
func New(ctx context.Context, o Options) *Service {
	s := &Service{Router: api.NewRouter(), options: o, jobs: map[string]*running{}}
	s.direct = http.DefaultTransport.(*http.Transport).Clone()
	s.direct.Proxy = nil
	s.ctx, s.stop = context.WithCancel(ctx)
	const jobs = "/v1/projects/{project}/locations/{location}/jobs"
	for pattern, m := range map[string]api.Method{
		"GET /v1/projects/{project}/locations": s.locations,
		"POST " + jobs:                         s.create,
		"GET " + jobs:                          s.list,
		"GET " + jobs + "/{job}":               s.one(func(j *running) (any, error) { return j.view(s.options.Profile), nil }),
		"PATCH " + jobs + "/{job}":             s.patch,
		"DELETE " + jobs + "/{job}":            s.one(s.delete),
		"POST " + jobs + "/{job}:run":          s.one(s.run),
		"POST " + jobs + "/{job}:pause":        s.one(s.setState("PAUSED")),
		"POST " + jobs + "/{job}:resume":       s.one(s.setState("ENABLED")),
	} {
		s.Handle(pattern, api.Locked(&s.mu, m))
	}
	return s
}

// Names are the full names of all jobs, sorted.
func (s *Service) Names() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var names []string
	for _, name := range slices.Sorted(maps.Keys(s.jobs)) {
		names = append(names, "//cloudscheduler.googleapis.com/"+name)
	}
	return names
}

// Close aborts all calls.
func (s *Service) Close() {
	s.stop()
	s.mu.Lock()
	for _, j := range s.jobs {
		s.end(j.calls)
	}
	s.jobs = map[string]*running{}
	s.mu.Unlock()
	s.work.Wait()
	s.direct.CloseIdleConnections()
}

// view is a job as an answer has it.
func (j *running) view(p *profile.Profile) resource {
	r := j.resource
	if r.State == "ENABLED" {
		if next, err := j.due.Next(time.Now(), p); err == nil {
			r.ScheduleTime = next.UTC().Format(time.RFC3339)
		}
	}
	return r
}

// parent is the path of the jobs that a request means.
func parent(r *http.Request) string {
	return "projects/" + r.PathValue("project") + "/locations/" + r.PathValue("location") + "/jobs/"
}

// one is a method of a job, by the path.
func (s *Service) one(m func(*running) (any, error)) api.Method {
	return func(r *http.Request) (any, error) {
		j, err := s.find(r)
		if err != nil {
			return nil, err
		}
		return m(j)
	}
}

func (s *Service) find(r *http.Request) (*running, error) {
	j := s.jobs[parent(r)+r.PathValue("job")]
	if j == nil {
		return nil, status.Error(codes.NotFound, "Job not found.")
	}
	return j, nil
}

func (s *Service) locations(r *http.Request) (any, error) {
	return api.Locations("projects/"+r.PathValue("project")+"/locations", s.options.Locations), nil
}

func (s *Service) list(r *http.Request) (any, error) {
	if err := api.Parameters(r, "pageSize", "pageToken"); err != nil {
		return nil, err
	}
	all := []resource{}
	for _, name := range slices.Sorted(maps.Keys(s.jobs)) {
		if kept.Match(parent(r)+"*", name) {
			all = append(all, s.jobs[name].view(s.options.Profile))
		}
	}
	page, next, err := api.Page(r, all, maxPageSize, func(j resource) string { return j.Name })
	if err != nil {
		return nil, err
	}
	return api.Listed("jobs", page, next), nil
}

func (s *Service) create(r *http.Request) (any, error) {
	var body resource
	if err := api.Read(r, &body); err != nil {
		return nil, err
	}
	id, ok := strings.CutPrefix(body.Name, parent(r))
	if !ok || !jobID.MatchString(id) {
		return nil, status.Errorf(codes.InvalidArgument, "Job name %q: want %sJOB, of letters, digits, - and _.", body.Name, parent(r))
	}
	if s.jobs[body.Name] != nil {
		return nil, status.Errorf(codes.AlreadyExists, "Job %s already exists.", body.Name)
	}
	body.State = "ENABLED"
	body.LastAttemptTime, body.Status, body.ScheduleTime = "", nil, ""
	return s.put(body)
}

func (s *Service) patch(r *http.Request) (any, error) {
	if err := api.Parameters(r, "updateMask"); err != nil {
		return nil, err
	}
	j, err := s.find(r)
	if err != nil {
		return nil, err
	}
	var change api.Object
	if err := api.Read(r, &change); err != nil {
		return nil, err
	}
	changed, err := api.Changed(j.resource, func(o api.Object) error {
		kept.Update(o, change, r.URL.Query().Get("updateMask"))
		return nil
	})
	if err != nil {
		return nil, err
	}
	changed.Name, changed.State = j.Name, j.State
	changed.LastAttemptTime, changed.Status, changed.ScheduleTime = j.LastAttemptTime, j.Status, ""
	return s.put(changed)
}

// put makes a job, or replaces it.
func (s *Service) put(r resource) (any, error) {
	if r.TimeZone == "" {
		r.TimeZone = "UTC"
	}
	due, err := r.job()
	if err != nil {
		return nil, err
	}
	r.UserUpdateTime = time.Now().UTC().Format(time.RFC3339)
	j := &running{resource: r, due: due}
	if err := s.start(j); err != nil {
		return nil, err
	}
	if old := s.jobs[r.Name]; old != nil {
		s.end(old.calls)
	}
	s.jobs[r.Name] = j
	return j.view(s.options.Profile), nil
}

// start has a job call by its state.
func (s *Service) start(j *running) error {
	due := j.due
	if j.State != "ENABLED" {
		due.Schedule = "never"
	}
	started, err := calls.Start(s.ctx, calls.Options{
		Jobs: []calls.Job{due}, Profile: s.options.Profile, Logger: s.options.Logger,
		Client: &http.Client{Transport: s.recorded(j)},
	})
	if err != nil {
		return status.Error(codes.Unavailable, err.Error())
	}
	j.calls = started
	return nil
}

// end lets a job's calls end without another, until the service ends.
func (s *Service) end(c *calls.Scheduler) {
	s.work.Go(func() { _ = c.Close(s.ctx) }) // aborted: nobody waits for it
}

func (s *Service) delete(j *running) (any, error) {
	s.end(j.calls)
	delete(s.jobs, j.Name)
	return nil, nil
}

// run calls now, whatever the schedule says. It doesn't wait for the answer.
func (s *Service) run(j *running) (any, error) {
	called := j.calls
	s.work.Go(func() { _ = called.RunNow(s.ctx, j.due.Name) }) // the status of the job says how it ended
	return j.view(s.options.Profile), nil
}

func (s *Service) setState(state string) func(*running) (any, error) {
	return func(j *running) (any, error) {
		if j.State == state {
			return j.view(s.options.Profile), nil
		}
		old, before := j.calls, j.State
		j.State = state
		if err := s.start(j); err != nil {
			j.State = before
			return nil, err
		}
		s.end(old)
		return j.view(s.options.Profile), nil
	}
}
