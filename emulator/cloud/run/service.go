package run

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/google/uuid"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/tallystream/tallystream/emulator/cloud/api"
	"github.com/tallystream/tallystream/emulator/cloudrun"
	"github.com/tallystream/tallystream/emulator/profile"
)

// service is a service with its address. It is an http.Handler: what its callers see.
type service struct {
	services                *Services
	name                    string // projects/P/locations/L/services/S
	project, location, base string // parts of the name
	uid                     string
	created                 time.Time
	url                     string
	server                  *http.Server

	deploying sync.Mutex // held for one deployment after the other

	mu       sync.RWMutex
	current  *revision // nil before the first one serves
	made     int       // revisions so far, whether they served or not
	gone     bool
	draining sync.WaitGroup
}

// revision is one template that runs.
type revision struct {
	Template
	name     string
	number   int
	created  time.Time
	gate     *cloudrun.Gate
	requests sync.WaitGroup // under way
}

func (s *Services) newService(name string) (*service, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listen for %s: %w", name, err)
	}
	svc := &service{
		services: s, name: name, project: api.Segment(name, "projects"), location: api.Segment(name, "locations"),
		base: api.Segment(name, "services"), uid: uuid.NewString(), created: s.now(), url: "http://" + listener.Addr().String(),
	}
	svc.server = &http.Server{Handler: svc, ReadHeaderTimeout: time.Minute}
	go func() {
		if err := svc.server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			s.options.Log.Error("the address of a service is gone", "service", name, "error", err)
		}
	}()
	return svc, nil
}

// serving is the revision that has the traffic, or nil.
func (s *service) serving() *revision {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.current
}

// ServeHTTP passes a request to the revision that serves. The revision stays until the
// request is done.
func (s *service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !s.admit(w, r) {
		return
	}
	s.mu.RLock()
	current := s.current
	if current == nil || s.gone {
		s.mu.RUnlock()
		http.Error(w, "Service Unavailable", http.StatusServiceUnavailable)
		return
	}
	current.requests.Add(1)
	s.mu.RUnlock()
	defer current.requests.Done()
	current.gate.ServeHTTP(w, r)
}

// deploy starts a revision, and gives it the traffic when it listens.
func (s *service) deploy(ctx context.Context, t Template) (Deployed, error) {
	s.deploying.Lock()
	defer s.deploying.Unlock()
	next, err := s.newRevision(t)
	if err != nil {
		return Deployed{}, err
	}
	if err := next.gate.Warm(ctx); err != nil {
		next.gate.Close()
		return Deployed{}, err
	}
	s.mu.Lock()
	if s.gone {
		s.mu.Unlock()
		next.gate.Close()
		return Deployed{}, status.Errorf(codes.Aborted, "Deploy %s: %v", s.name, errGone)
	}
	old := s.current
	s.current = next
	if old != nil {
		s.draining.Go(old.drain)
	}
	s.mu.Unlock()
	return Deployed{URI: s.url, Revision: next.name}, nil
}

func (s *service) newRevision(t Template) (*revision, error) {
	s.mu.Lock()
	s.made++
	r := &revision{Template: t, number: s.made, created: s.services.now()}
	s.mu.Unlock()
	r.name = fmt.Sprintf("%s-%05d-%s", s.base, r.number, suffix(s.uid, r.number))
	start := profile.RunStart
	switch s.base {
	case "aggregate":
		start = profile.RunStartAggregate
	case "bridge":
		start = profile.RunStartBridge
	}
	gate, err := cloudrun.New(cloudrun.Service{
		Name: s.base, Concurrency: t.Concurrency, MinInstances: t.MinInstances, MaxInstances: t.MaxInstances,
		Timeout: t.Timeout, Internal: t.Ingress == Internal, Start: start,
		Launch: func(ctx context.Context) (cloudrun.Instance, error) { return s.launch(ctx, r) },
	}, s.services.options.Profile, s.services.options.Log)
	if err != nil {
		return nil, status.Error(codes.InvalidArgument, err.Error())
	}
	r.gate = gate
	return r, nil
}

// suffix is three letters that no other revision of that number has.
func suffix(uid string, number int) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s %d", uid, number))
	for n := range sum {
		sum[n] = 'a' + sum[n]%26
	}
	return string(sum[:3])
}

// drain lets a revision without traffic finish its requests, and stops it.
func (r *revision) drain() {
	r.requests.Wait()
	r.gate.Close()
}

// close stops the service at once: requests under way have until its instances end.
func (s *service) close() {
	s.mu.Lock()
	s.gone = true
	current := s.current
	s.mu.Unlock()
	if current != nil {
		current.gate.Close()
	}
	_ = s.server.Close() // what is left of its connections
	s.draining.Wait()
}
