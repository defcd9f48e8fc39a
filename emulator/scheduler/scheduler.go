package scheduler

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/tallystream/tallystream/emulator/profile"
)

// ErrRunning says that a job isn't started because its last execution still
// runs.
var ErrRunning = errors.New("the last execution still runs")

// Options configures a Scheduler.
type Options struct {
	Jobs []Job

	// Client sends the requests; nil is a client of the scheduler's own.
	// Deadlines come from the jobs, and redirects count as failures.
	Client *http.Client

	// Profile makes a minute of unix-cron schedules as long as it says, and sends requests
	// somewhat later than due, as Cloud Scheduler does; nil is none.
	Profile *profile.Profile

	// Logger receives failed and skipped executions and, at debug level, the
	// others. Nil discards them.
	Logger *slog.Logger
}

// Scheduler runs jobs.
type Scheduler struct {
	client  *http.Client
	profile *profile.Profile
	log     *slog.Logger
	jobs    map[string]*job

	schedule context.Context // of waiting for due times and retries
	stop     context.CancelFunc
	attempts context.Context // of requests
	abort    context.CancelFunc

	mu      sync.Mutex // orders closing before running's last wait
	closed  bool
	running sync.WaitGroup
}

// job is a Job with its schedule.
type job struct {
	Job
	schedule schedule
	busy     sync.Mutex // held by the execution that runs
}

// Start starts all jobs. They run until Close is called or ctx is done.
func Start(ctx context.Context, o Options) (*Scheduler, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s := &Scheduler{client: newClient(o.Client), profile: o.Profile, log: o.Logger, jobs: map[string]*job{}}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	var errs []error
	for _, j := range o.Jobs {
		schedule, err := j.complete(o.Profile)
		if err == nil && s.jobs[j.Name] != nil {
			err = fmt.Errorf("job %q: there is another of this name", j.Name)
		}
		errs = append(errs, err)
		s.jobs[j.Name] = &job{Job: j, schedule: schedule}
	}
	if err := errors.Join(errs...); err != nil {
		return nil, fmt.Errorf("scheduler: %w", err)
	}
	s.schedule, s.stop = context.WithCancel(ctx)
	s.attempts, s.abort = context.WithCancel(context.WithoutCancel(ctx))
	for _, j := range s.jobs {
		s.running.Go(func() { s.run(j) })
	}
	return s, nil
}

// newClient returns a client like c that takes a redirect for an answer.
func newClient(c *http.Client) *http.Client {
	out := &http.Client{}
	if c != nil {
		*out = *c
	} else {
		t := http.DefaultTransport.(*http.Transport).Clone()
		t.Proxy = nil // targets are local
		out.Transport = t
	}
	out.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return out
}

// run executes a job whenever it is due, until the schedules are stopped.
func (s *Scheduler) run(j *job) {
	var due time.Time
	for failures := 0; ; {
		now := time.Now()
		due = j.schedule.next(due, now)
		if _, ok := j.schedule.(continuous); ok && failures > 0 {
			due = now.Add(j.Retry.backoff(failures))
		}
		if profile.Sleep(s.schedule, time.Until(due)) != nil || s.profile.Wait(s.schedule, profile.SchedulerDispatch) != nil {
			return
		}
		switch err := s.execute(s.attempts, j, due); {
		case err == nil:
			failures = 0
		case errors.Is(err, ErrRunning):
			s.log.Warn("scheduled execution skipped", "job", j.Name, "due", due, "error", err)
			if !s.waitIdle(j) {
				return
			}
		default:
			failures++
			s.log.Warn("scheduled execution failed", "job", j.Name, "due", due, "error", err)
		}
	}
}

// waitIdle waits for an execution that RunNow started, so that a continuous
// job doesn't spin; false means that the schedules were stopped.
func (s *Scheduler) waitIdle(j *job) bool {
	j.busy.Lock()
	defer j.busy.Unlock()
	return s.schedule.Err() == nil
}

// RunNow executes a job at once, with its retries, whatever its schedule says,
// and returns how that ended. It returns ErrRunning if the job runs already.
func (s *Scheduler) RunNow(ctx context.Context, name string) error {
	j, ok := s.jobs[name]
	if !ok {
		return fmt.Errorf("scheduler: no job %q", name)
	}
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return fmt.Errorf("run job %q: the scheduler is closed", name)
	}
	s.running.Add(1)
	s.mu.Unlock()
	defer s.running.Done()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(s.attempts, cancel)()
	if err := s.execute(ctx, j, time.Now()); err != nil {
		return fmt.Errorf("run job %q: %w", name, err)
	}
	return nil
}

// Close starts nothing more and waits for running attempts until ctx is done;
// then it aborts them and returns ctx's error. Retries aren't waited for.
func (s *Scheduler) Close(ctx context.Context) error {
	s.stop()
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	done := make(chan struct{})
	go func() { s.running.Wait(); close(done) }()
	defer s.client.CloseIdleConnections()
	defer s.abort()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		s.abort()
		<-done
		return fmt.Errorf("scheduler: running jobs were aborted: %w", ctx.Err())
	}
}
