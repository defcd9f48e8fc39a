package stream

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"time"

	"github.com/tallystream/tallystream/functions/dashboard/refresh"
)

// What every stream says.
var (
	greeting = newChunk(fmt.Appendf(nil, "retry: %d\n\n", reconnect.Milliseconds()))
	alive    = newChunk([]byte(": keep-alive\n\n"))
	over     = newChunk([]byte("event: end\ndata: {\"reason\":\"time\"}\n\n"))
	closing  = newChunk([]byte("event: end\ndata: {\"reason\":\"shutdown\"}\n\n"))
)

// Serve answers a request with a stream of the source that choose returns, which begins with
// what the view has. The stream lasts until its reader goes, its time is over, or the streams end. Over
// HTTP/1.1 Serve returns as soon as it has begun. An error is for the caller to answer with:
// nothing was written.
func (s *Hub) Serve(w http.ResponseWriter, r *http.Request, choose func() (Source, *refresh.View, error)) error {
	if err := s.enter(); err != nil {
		return err
	}
	taken := false
	defer func() {
		if !taken {
			s.leave()
		}
	}()
	source, view, err := choose()
	if err != nil {
		return err
	}
	current, err := source.of(view)
	if err != nil {
		return err
	}
	if r.Method == http.MethodHead {
		head(w, r)
		return nil
	}
	c, err := s.join(source, current)
	if err != nil {
		return err
	}
	head(w, r)
	one := &viewer{hub: s, channel: c, version: r.Header.Get("Last-Event-ID"), ends: time.Now().Add(s.lifeOf(r.Context()))}
	if one.version == "" {
		one.version = r.URL.Query().Get("since")
	}
	if conn := take(w, r); conn != nil {
		taken = true
		one.out = writer{to: conn, zipped: zipped(w)}
		c.add(conn)
		go func() {
			defer s.leave()
			defer s.part(c, conn)
			one.serve()
			conn.close()
		}()
		return nil
	}
	defer s.part(c, nil)
	one.out = writer{to: respond(w, r), zipped: zipped(w)}
	one.serve()
	return nil
}

// viewer is one stream.
type viewer struct {
	hub     *Hub
	channel *channel
	out     writer
	version string    // that the reader has
	ends    time.Time // as planned
	beat    time.Time // when the stream has to say that it lives
}

// serve writes the stream to its end.
func (v *viewer) serve() {
	v.out.begin()
	v.write(greeting)
	for v.out.err == nil {
		e, changed, err := v.channel.since(v.version)
		if err != nil {
			v.hub.log.LogAttrs(v.hub.ctx, slog.LevelError, "a stream broke off",
				slog.String("source", v.channel.source.name), slog.Any("error", err))
			return
		}
		if e.chunk != nil {
			v.write(e.chunk)
		}
		v.version = e.version
		if !v.out.to.wait(earlier(v.ends, v.beat), changed, v.hub.ctx.Done()) {
			return // the reader has gone
		}
		if last := v.last(); last != nil {
			v.write(last)
			v.out.end()
			return
		}
		if !time.Now().Before(v.beat) {
			v.write(alive)
		}
	}
}

// write writes a chunk; the next sign of life is due a heartbeat later.
func (v *viewer) write(c *chunk) {
	v.out.write(c)
	v.beat = time.Now().Add(heartbeat)
}

// last is what the stream says in the end; nil while it goes on.
func (v *viewer) last() *chunk {
	switch {
	case v.hub.ctx.Err() != nil:
		return closing
	case !time.Now().Before(v.ends):
		return over
	}
	return nil
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// lifeOf is how long a stream lasts: less than its request may take, and a little less
// or more than others, so that those that began together don't end together.
func (s *Hub) lifeOf(ctx context.Context) time.Duration {
	life := s.limits.Life
	if deadline, ok := ctx.Deadline(); ok { // the functions framework knows the platform's
		life = max(min(life, time.Until(deadline)-5*time.Second), 0)
	}
	return life - rand.N(life/10+1)
}
