package storageread

import (
	"context"
	"sort"
	"sync"
	"time"

	"cloud.google.com/go/bigquery/storage/apiv1/storagepb"
	"google.golang.org/grpc/codes"
)

// rows are what a session reads: those of a table at an instant, in an order that doesn't change.
type rows interface {
	// Read returns the rows [from, to).
	Read(ctx context.Context, from, to int64) ([][]any, error)
	Close() error
}

// A session is what a client has asked for. All but the last fields stay as they are.
type session struct {
	name     string
	expires  time.Time
	rows     rows
	bytes    int64 // that the rows take, 0 where something else keeps them
	format   format
	compress compressor

	used    time.Time
	reading int // streams that are being read
}

// A stream is a part of a session's rows: [from, to).
type stream struct {
	name     string
	session  *session
	from, to int64
}

// sessions are those that can be read. The zero value isn't ready: see newSessions.
type sessions struct {
	mu      sync.Mutex
	all     map[string]*session
	streams map[string]*stream
	kept    int64 // bytes
}

func newSessions() *sessions {
	return &sessions{all: map[string]*session{}, streams: map[string]*stream{}}
}

// add takes a session over with its streams, and lets go of others.
func (s *sessions) add(n *session, parts []*stream) {
	s.mu.Lock()
	defer s.mu.Unlock()
	n.used = time.Now()
	s.all[n.name] = n
	s.kept += n.bytes
	for _, p := range parts {
		s.streams[p.name] = p
	}
	s.evict(n)
}

// evict drops sessions that have expired, and those that weren't used for the longest time while there is too much.
func (s *sessions) evict(keep *session) {
	idle := make([]*session, 0, len(s.all))
	for _, x := range s.all {
		if x != keep && x.reading == 0 {
			idle = append(idle, x)
		}
	}
	sort.Slice(idle, func(i, j int) bool { return idle[i].used.Before(idle[j].used) })
	now := time.Now()
	for _, x := range idle {
		if now.After(x.expires) || len(s.all) > maxSessions || s.kept > maxKept {
			s.drop(x)
		}
	}
}

func (s *sessions) drop(x *session) {
	delete(s.all, x.name)
	s.kept -= x.bytes
	for name, p := range s.streams {
		if p.session == x {
			delete(s.streams, name)
		}
	}
	_ = x.rows.Close() // what can't be dropped now goes with the emulator
}

// find returns a stream of a session that can still be read, which isn't let go of until done is called.
func (s *sessions) find(name string) (p *stream, done func(), err error) {
	m := streamName.FindStringSubmatch(name)
	if m == nil {
		return nil, nil, streamFailed(codes.InvalidArgument, name, "malformed stream name")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	p = s.streams[name]
	if p == nil {
		return nil, nil, streamFailed(codes.NotFound, name, "stream not found: it never was, or the emulator, which keeps up to %d sessions and %d MiB of rows, has let go of it", maxSessions, maxKept>>20)
	}
	if now := time.Now(); now.After(p.session.expires) {
		return nil, nil, streamFailed(codes.FailedPrecondition, name, "session expired at %s", p.session.expires.UTC().Format(time.RFC3339))
	}
	p.session.reading++
	return p, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		p.session.reading--
		p.session.used = time.Now()
	}, nil
}

// split adds two streams that are the parts of one before and after a row.
func (s *sessions) split(p *stream, at int64) (primary, remainder *stream) {
	primary = &stream{newStreamName(p.session.name), p.session, p.from, at}
	remainder = &stream{newStreamName(p.session.name), p.session, at, p.to}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.streams[primary.name], s.streams[remainder.name] = primary, remainder
	return primary, remainder
}

// divide makes so many streams of a session's rows, at most, as blocks allow.
func divide(n *session, count, most int64) []*stream {
	blocks := (count + blockRows - 1) / blockRows
	streams := min(blocks, most)
	parts := make([]*stream, streams)
	for i := range parts {
		from := blocks * int64(i) / streams * blockRows
		to := min(blocks*int64(i+1)/streams*blockRows, count)
		parts[i] = &stream{newStreamName(n.name), n, from, to}
	}
	return parts
}

// resource is a stream as the API shows it.
func (p *stream) resource() *storagepb.ReadStream { return &storagepb.ReadStream{Name: p.name} }
