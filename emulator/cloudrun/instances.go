package cloudrun

import (
	"context"
	"errors"
	"log/slog"
	"net/url"
	"slices"
	"sync"
	"time"

	"github.com/tallystream/tallystream/emulator/profile"
)

var (
	// errNoInstance says that no instance has become free in time.
	errNoInstance = errors.New("no available instance")
	errClosed     = errors.New("the service is gone")
)

// instances are those of a service, and the requests that wait for one
// (https://cloud.google.com/run/docs/about-instance-autoscaling).
type instances struct {
	service *Service
	profile *profile.Profile
	log     *slog.Logger
	url     *url.URL        // of a service without Launch
	shared  *processor      // of a service without Launch
	ctx     context.Context // ends with close
	cancel  func()

	mu       sync.Mutex
	all      []*instance
	pending  []chan *instance // in order of arrival; each takes one
	closed   bool
	armed    bool           // stopIdle will be called
	launched sync.WaitGroup // processes that start or run
}

// instance takes requests once it has started.
type instance struct {
	started   chan struct{} // closed then, or when the start has failed
	err       error         // why; set before started is closed, like the next three
	url       *url.URL
	processor *processor
	stop      func() // nil where there is no process of its own
	running   int
	idle      time.Time // since when nothing runs
}

func newInstances(s *Service, p *profile.Profile) *instances {
	list := &instances{service: s, profile: p, log: slog.New(slog.DiscardHandler)}
	list.ctx, list.cancel = context.WithCancel(context.Background())
	if s.Launch != nil {
		return list
	}
	list.url, _ = target(s.URL) // was checked
	list.shared = newProcessor(s.Processor)
	for range s.MinInstances {
		i := &instance{started: make(chan struct{}), url: list.url, processor: list.shared, idle: time.Now()}
		close(i.started)
		list.all = append(list.all, i)
	}
	return list
}

// warm starts the instances that are kept, at least one.
func (l *instances) warm(ctx context.Context) error {
	l.mu.Lock()
	for len(l.all) < max(1, l.service.MinInstances) {
		l.start()
	}
	starting := slices.Clone(l.all)
	l.mu.Unlock()
	for _, i := range starting {
		if err := i.await(ctx); err != nil {
			return err
		}
	}
	return nil
}

// await waits until an instance has started.
func (i *instance) await(ctx context.Context) error {
	select {
	case <-i.started:
		return i.err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// enter takes a place in an instance that has started, and starts one where none has
// a place; leave gives it back. It fails with errNoInstance, with why an instance didn't
// start, or with ctx's error.
func (l *instances) enter(ctx context.Context) (*instance, error) {
	i, err := l.place(ctx)
	if err != nil {
		return nil, err
	}
	if err := i.await(ctx); err != nil {
		l.leave(i)
		return nil, err
	}
	return i, nil
}

// place takes a place in an instance.
func (l *instances) place(ctx context.Context) (*instance, error) {
	l.mu.Lock()
	if l.closed {
		l.mu.Unlock()
		return nil, errClosed
	}
	l.forgetIdle()
	i := l.free()
	if i == nil && len(l.all) < l.service.MaxInstances {
		i = l.start()
	}
	if i != nil {
		i.running++
		l.mu.Unlock()
		return i, nil
	}
	granted := make(chan *instance, 1)
	l.pending = append(l.pending, granted)
	l.mu.Unlock()
	return l.await(ctx, granted)
}

// await waits for a place as long as Cloud Run keeps a request pending.
func (l *instances) await(ctx context.Context, granted chan *instance) (*instance, error) {
	limited, cancel := context.WithTimeout(ctx, l.profile.Within(profile.RunPending))
	defer cancel()
	select {
	case i := <-granted:
		return i, nil
	case <-limited.Done():
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if n := slices.Index(l.pending, granted); n >= 0 {
		l.pending = slices.Delete(l.pending, n, n+1)
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, errNoInstance
	}
	return <-granted, nil // in the same moment
}

// free is an instance with a place: one that has started, if there is one.
func (l *instances) free() (found *instance) {
	for _, i := range l.all {
		if i.running >= l.service.Concurrency {
			continue
		}
		if i.ready() {
			return i
		}
		found = i
	}
	return found
}

// ready reports whether an instance has started.
func (i *instance) ready() bool {
	select {
	case <-i.started:
		return true
	default:
		return false
	}
}

// leave gives a place back, to the request that has waited longest.
func (l *instances) leave(i *instance) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.pending) > 0 && slices.Contains(l.all, i) {
		l.pending[0] <- i
		l.pending = l.pending[1:]
		return
	}
	if i.running--; i.running == 0 {
		i.idle = time.Now()
		l.arm()
	}
}

// forgetIdle ends instances that have been idle for long.
func (l *instances) forgetIdle() {
	for n := 0; n < len(l.all) && len(l.all) > l.service.MinInstances; {
		i := l.all[n]
		if i.ready() && i.running == 0 && time.Since(i.idle) > l.profile.Within(profile.RunIdle) {
			l.all = slices.Delete(l.all, n, n+1)
			if i.stop != nil {
				go i.stop()
			}
			continue
		}
		n++
	}
}
