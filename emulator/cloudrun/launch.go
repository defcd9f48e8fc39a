package cloudrun

import (
	"context"
	"slices"
	"time"

	"github.com/tallystream/tallystream/emulator/profile"
)

// start begins a cold start. It goes on when the request that caused it has gone. The
// caller holds the lock.
func (l *instances) start() *instance {
	i := &instance{started: make(chan struct{}), url: l.url, processor: l.shared, idle: time.Now()}
	l.all = append(l.all, i)
	if l.service.Launch != nil {
		l.launched.Go(func() { l.launch(i) })
		return i
	}
	go func() {
		_ = l.profile.Wait(context.Background(), l.service.Start) // nothing ends it
		close(i.started)
	}()
	return i
}

// launch starts the process of an instance, which takes at least as long as a cold start
// does, and stays until the process has ended.
func (l *instances) launch(i *instance) {
	cold := make(chan struct{})
	go func() {
		_ = l.profile.Wait(l.ctx, l.service.Start)
		close(cold)
	}()
	p, err := l.service.Launch(l.ctx)
	<-cold
	if err == nil {
		i.url, err = target(p.URL)
	}
	if err != nil {
		i.err = err
		l.log.Warn("The instance failed to start.", "error", err)
		l.remove(i)
		close(i.started)
		return
	}
	i.processor = newProcessor(p.Processor)
	i.stop = p.Stop
	l.mu.Lock()
	i.idle = time.Now()
	close(i.started)
	gone := l.closed
	l.arm()
	l.mu.Unlock()
	if gone {
		p.Stop()
	}
	<-p.Ended
	l.remove(i)
}

// remove forgets an instance whose process isn't there. Requests that wait for a place
// get one in another instance.
func (l *instances) remove(i *instance) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.all = slices.DeleteFunc(l.all, func(other *instance) bool { return other == i })
	if l.closed {
		return
	}
	for len(l.pending) > 0 && len(l.all) < l.service.MaxInstances {
		next := l.start()
		for len(l.pending) > 0 && next.running < l.service.Concurrency {
			next.running++
			l.pending[0] <- next
			l.pending = l.pending[1:]
		}
	}
}

// arm has idle instances stopped in time. The caller holds the lock.
func (l *instances) arm() {
	if l.service.Launch == nil || l.armed || l.closed {
		return
	}
	l.armed = true
	time.AfterFunc(l.profile.Within(profile.RunIdle)+time.Millisecond, l.stopIdle)
}

// stopIdle stops instances that have been idle for long.
func (l *instances) stopIdle() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.armed = false
	l.forgetIdle()
	if len(l.all) > l.service.MinInstances {
		l.arm()
	}
}

// close stops all instances that have a process, and returns when they have ended.
func (l *instances) close() {
	l.mu.Lock()
	l.closed = true
	l.cancel()
	for _, i := range l.all {
		if i.ready() && i.stop != nil {
			go i.stop()
		}
	}
	l.mu.Unlock()
	l.launched.Wait()
}
