// Package logging is Cloud Logging's API of version 2, in JSON and by gRPC, with entries in
// memory (https://cloud.google.com/logging/docs/reference/v2/rest): entries are written,
// listed, tailed and deleted. What else the API has in JSON, like sinks, another handler
// serves; by gRPC it has nothing else.
package logging

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"cloud.google.com/go/logging/apiv2/loggingpb"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/tallystream/tallystream/emulator/cloud/api"
)

const (
	// maxBytes of entries in JSON are kept. The oldest go first.
	maxBytes          = 32 << 20
	pageSize, maxPage = 50, 1000 // entries
)

// Service has the entries of all projects. It is an http.Handler for logging.googleapis.com.
type Service struct {
	loggingpb.UnimplementedLoggingServiceV2Server
	rest *api.Router
	grpc *grpc.Server

	mu      sync.Mutex
	entries []entry       // in the order in which they came
	size    int           // in bytes
	number  int64         // of the last entry
	came    chan struct{} // closed when another entry comes
}

// New returns a service without entries. What it doesn't serve, rest does.
func New(rest http.Handler) *Service {
	s := &Service{rest: api.NewRouter(), grpc: grpc.NewServer(), came: make(chan struct{})}
	loggingpb.RegisterLoggingServiceV2Server(s.grpc, s)
	s.handle(rest)
	return s
}

func (s *Service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if api.IsGRPC(r) {
		s.grpc.ServeHTTP(flusher{w}, r)
		return
	}
	s.rest.ServeHTTP(w, r)
}

// flusher can be flushed, as gRPC wants it, whatever wraps the writer.
type flusher struct{ http.ResponseWriter }

func (f flusher) Flush() { _ = http.NewResponseController(f.ResponseWriter).Flush() } // the client has gone if this fails

// Write makes an entry of a line that a process has written.
func (s *Service) Write(resource Resource, labels map[string]string, line []byte) {
	if e, err := complete(ofLine(resource, labels, line), time.Now()); err == nil { // it always is
		s.add(e)
	}
}

func (s *Service) add(entries ...entry) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, e := range entries {
		s.number++
		e.number = s.number
		s.entries, s.size = append(s.entries, e), s.size+e.size
	}
	drop := 0
	for ; s.size > maxBytes; drop++ {
		s.size -= s.entries[drop].size
		s.entries[drop] = entry{}
	}
	s.entries = s.entries[drop:]
	close(s.came)
	s.came = make(chan struct{})
}

// since are the wanted entries with a higher number, the number of the last entry, and a
// channel that is closed when another entry comes.
func (s *Service) since(number int64, wanted func(entry) bool) (found []entry, last int64, more <-chan struct{}) {
	s.mu.Lock()
	n, _ := slices.BinarySearchFunc(s.entries, number+1, func(e entry, n int64) int { return cmp.Compare(e.number, n) })
	found, last, more = slices.Clone(s.entries[n:]), s.number, s.came
	s.mu.Unlock()
	return slices.DeleteFunc(found, func(e entry) bool { return !wanted(e) }), last, more
}

// Entries are those of a project, projects/P, that are wanted, in the order in which they came.
func (s *Service) Entries(project string, wanted func(api.Object) bool) []api.Object {
	found, _, _ := s.since(0, func(e entry) bool { return e.of([]string{project}) && wanted(e.object) })
	return objects(found)
}

func objects(entries []entry) []api.Object {
	all := make([]api.Object, len(entries))
	for n, e := range entries {
		all[n] = e.object
	}
	return all
}

// Last is the number of the entry that has come last.
func (s *Service) Last() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.number
}

// Follow calls handle with the entries after the one with the number last, until ctx ends. It
// waits for a while after the first of them, and hands over all that have come by then.
func (s *Service) Follow(ctx context.Context, last int64, wait time.Duration, handle func([]api.Object)) {
	for {
		found, number, more := s.since(last, func(entry) bool { return true })
		if last = number; len(found) > 0 {
			handle(objects(found))
		}
		select {
		case <-ctx.Done():
			return
		case <-more:
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(wait):
		}
	}
}

// projects checks the names of what a request asks for entries of.
func projects(names []string) error {
	for _, name := range names {
		if strings.Count(name, "/") != 1 || !strings.HasPrefix(name, "projects/") {
			return status.Errorf(codes.InvalidArgument, "resourceNames %q: the emulator has entries of projects/PROJECT only.", name)
		}
	}
	if len(names) == 0 {
		return status.Error(codes.InvalidArgument, "resourceNames is missing.")
	}
	return nil
}

// of reports whether an entry is of one of some projects.
func (e entry) of(projects []string) bool {
	return slices.ContainsFunc(projects, func(p string) bool { return strings.HasPrefix(e.log(), p+"/") })
}

// log is the full name of an entry's log.
func (e entry) log() string { return e.object["logName"].(string) }
