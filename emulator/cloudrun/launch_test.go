package cloudrun

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tallystream/tallystream/emulator/profile"
)

// launcher starts instances that are nothing but their end.
type launcher struct {
	started, running atomic.Int32
	fail             error
	last             func() // ends the instance that was started last
}

func (l *launcher) launch(context.Context) (Instance, error) {
	if l.fail != nil {
		return Instance{}, l.fail
	}
	l.started.Add(1)
	l.running.Add(1)
	ended := make(chan struct{})
	var once atomic.Bool
	l.last = func() {
		if once.CompareAndSwap(false, true) {
			l.running.Add(-1)
			close(ended)
		}
	}
	return Instance{URL: "http://127.0.0.1:1", Ended: ended, Stop: l.last}, nil
}

func launched(t *testing.T, l *launcher, kept int) *instances {
	t.Helper()
	p, err := profile.Parse("cloud", profile.Options{Sleep: func(context.Context, time.Duration) error { return nil }})
	if err != nil {
		t.Fatal(err)
	}
	return newInstances(&Service{Concurrency: 1, MinInstances: kept, MaxInstances: 2, Start: profile.RunStart, Launch: l.launch}, p)
}

// Instances are started as requests need them, and stopped when they have been idle, but
// for those that are kept.
func TestLaunchedInstancesComeAndGo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &launcher{}
		list := launched(t, l, 1)
		if err := list.warm(t.Context()); err != nil || l.running.Load() != 1 {
			t.Fatalf("%d run (%v), want the one that is kept", l.running.Load(), err)
		}
		var entered []*instance
		for range 2 {
			i, err := list.enter(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			entered = append(entered, i)
		}
		if l.running.Load() != 2 {
			t.Errorf("%d run, want 2 for 2 requests", l.running.Load())
		}
		for _, i := range entered {
			list.leave(i)
		}
		time.Sleep(40 * time.Minute)
		synctest.Wait()
		if l.running.Load() != 1 {
			t.Errorf("%d run after a long time, want 1", l.running.Load())
		}
		list.close()
		if l.running.Load() != 0 {
			t.Errorf("%d run after the end", l.running.Load())
		}
		if _, err := list.enter(t.Context()); !errors.Is(err, errClosed) {
			t.Errorf("then a request gets in: %v", err)
		}
	})
}

// A request that waits for a place gets one in another instance, where the one that
// there was has ended by itself.
func TestLaunchedInstanceThatEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &launcher{}
		list := launched(t, l, 0)
		list.service.MaxInstances = 1
		first, err := list.enter(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		entered := make(chan *instance)
		go func() {
			i, err := list.enter(t.Context())
			if err != nil {
				t.Error(err)
			}
			entered <- i
		}()
		synctest.Wait()
		l.last()
		if second := <-entered; second == first || l.started.Load() != 2 {
			t.Errorf("%d were started, want a second one", l.started.Load())
		}
		list.leave(first)
		list.close()
	})
}

func TestInstanceThatDoesntStart(t *testing.T) {
	p, err := profile.Parse("cloud/100", profile.Options{})
	if err != nil {
		t.Fatal(err)
	}
	l := &launcher{fail: errors.New("it dies")}
	g, err := New(Service{Name: "s", Concurrency: 1, MaxInstances: 1, Timeout: time.Minute, Start: profile.RunStart, Launch: l.launch}, p, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := g.Warm(t.Context()); !errors.Is(err, l.fail) {
		t.Errorf("error %v, want %v", err, l.fail)
	}
	w := httptest.NewRecorder()
	g.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil))
	if w.Code != http.StatusServiceUnavailable {
		t.Errorf("answer %d, want 503", w.Code)
	}
	_, err = New(Service{Name: "s", Concurrency: 1, MaxInstances: 1, Timeout: time.Minute, URL: "http://127.0.0.1:1", Launch: l.launch}, p, nil)
	if err == nil || !strings.Contains(err.Error(), "want Launch or a URL, not both") {
		t.Errorf("error %v", err)
	}
}
