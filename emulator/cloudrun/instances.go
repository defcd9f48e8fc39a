package cloudrun

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/tallystream/tallystream/emulator/profile"
)

// errNoInstance says that no instance has become free in time.
var errNoInstance = errors.New("no available instance")

// instances are those of a service, and the requests that wait for one
// (https://cloud.google.com/run/docs/about-instance-autoscaling).
type instances struct {
	service *Service
	profile *profile.Profile

	mu      sync.Mutex
	all     []*instance
	pending []chan *instance // in order of arrival; each takes one
}

// instance takes requests once it has started.
type instance struct {
	started chan struct{} // closed then
	running int
	idle    time.Time // since when nothing runs
}

func newInstances(s *Service, p *profile.Profile) *instances {
	list := &instances{service: s, profile: p}
	for range s.MinInstances {
		i := &instance{started: make(chan struct{}), idle: time.Now()}
		close(i.started)
		list.all = append(list.all, i)
	}
	return list
}

// enter takes a place in an instance that has started, and starts one where none has
// a place. leave gives it back. It fails with errNoInstance, or with ctx's error.
func (l *instances) enter(ctx context.Context) (leave func(), err error) {
	i, err := l.place(ctx)
	if err != nil {
		return nil, err
	}
	select {
	case <-i.started:
		return func() { l.leave(i) }, nil
	case <-ctx.Done():
		l.leave(i)
		return nil, ctx.Err()
	}
}

// place takes a place in an instance.
func (l *instances) place(ctx context.Context) (*instance, error) {
	l.mu.Lock()
	l.forgetIdle()
	if i := l.free(); i != nil {
		i.running++
		l.mu.Unlock()
		return i, nil
	}
	if len(l.all) < l.service.MaxInstances {
		i := l.start()
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
		select {
		case <-i.started:
			return i
		default:
			found = i
		}
	}
	return found
}

// start begins a cold start. It goes on when the request that caused it has gone.
func (l *instances) start() *instance {
	i := &instance{started: make(chan struct{})}
	l.all = append(l.all, i)
	go func() {
		_ = l.profile.Wait(context.Background(), l.service.Start) // nothing ends it
		close(i.started)
	}()
	return i
}

// leave gives a place back, to the request that has waited longest.
func (l *instances) leave(i *instance) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.pending) > 0 {
		l.pending[0] <- i
		l.pending = l.pending[1:]
		return
	}
	if i.running--; i.running == 0 {
		i.idle = time.Now()
	}
}

// forgetIdle ends instances that have been idle for long.
func (l *instances) forgetIdle() {
	for n := 0; n < len(l.all) && len(l.all) > l.service.MinInstances; {
		i := l.all[n]
		if i.running == 0 && time.Since(i.idle) > l.profile.Within(profile.RunIdle) {
			l.all = slices.Delete(l.all, n, n+1)
			continue
		}
		n++
	}
}
