package dashboard

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"
)

// streams serves the results as server-sent events.
//
// While there are streams, one goroutine looks at the results once a second,
// like any viewer, and publishes what has changed to the topics, one for each
// filter in use. A stream's own goroutine, that of its request, takes from its
// topic what its reader lacks and writes it. So a reader that doesn't read
// holds up nobody, and finds one event waiting, however long it slept.
type streams struct {
	cache *cache
	pace  time.Duration // between two looks
	life  time.Duration // of a stream
	most  int
	log   *slog.Logger

	ctx    context.Context // ends with the streams
	cancel context.CancelFunc
	done   sync.WaitGroup

	mu      sync.Mutex
	open    int
	topics  map[string]*topic // by filter
	looking bool
}

const (
	// heartbeat is after how long a silent stream says that it lives: less than
	// the 30 s after which some proxies take a connection for dead.
	heartbeat = 15 * time.Second
	// writeTimeout is how long a reader may take for an event.
	writeTimeout = 10 * time.Second
	// reconnect is how long a reader waits before it connects again.
	reconnect = 2 * time.Second
	// mostTopics is how many filters streams may have at a time. Those that nobody
	// uses any more are remembered as long as there is room, so that readers who
	// come back needn't begin anew.
	mostTopics = 100
	// mostPast is how many bytes of past versions all topics may keep together,
	// and as many of events: a part of the 512 MiB that an instance has by default.
	mostPast = 48 << 20
)

func newStreams(c Config, cache *cache, pace time.Duration, log *slog.Logger) *streams {
	ctx, cancel := context.WithCancel(context.Background())
	return &streams{
		cache: cache, pace: pace, life: c.StreamTime, most: c.Streams, log: log,
		ctx: ctx, cancel: cancel, topics: map[string]*topic{},
	}
}

// close ends all streams with an event that says so, and waits for their ends.
func (s *streams) close() {
	s.mu.Lock() // no stream begins between the two
	s.cancel()
	s.mu.Unlock()
	s.done.Wait()
}

// errTooMany is the answer to one stream too many, or when none begin any more.
type errTooMany struct{ error }

// enter makes room for a stream.
func (s *streams) enter() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.ctx.Err() != nil:
		return errTooMany{errors.New("the dashboard is about to end")}
	case s.open >= s.most:
		return errTooMany{fmt.Errorf("there are %d streams already, as many as may be", s.open)}
	}
	s.open++
	s.done.Add(1)
	return nil
}

func (s *streams) leave() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.open--
	s.done.Done()
}

// join adds a reader to the topic of a filter, which begins with what the
// reader's view says.
func (s *streams) join(f Filter, current *encoding) (*topic, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	key := f.encode()
	t := s.topics[key]
	if t == nil {
		if s.forget(); len(s.topics) >= mostTopics {
			return nil, errTooMany{fmt.Errorf("there are streams through %d filters already, as many as may be", len(s.topics))}
		}
		t = newTopic(f, current, s.room())
		s.topics[key] = t
		for _, other := range s.topics {
			other.narrow(s.room()) // one that nobody reads would not hear of it
		}
	} else if t.readers == 0 { // nobody has kept it up to date
		if err := t.publish(current, s.room()); err != nil {
			return nil, err
		}
	}
	t.readers++
	if !s.looking {
		s.looking = true
		s.done.Go(s.look)
	}
	return t, nil
}

func (s *streams) part(t *topic) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t.readers--
}

// room is how many bytes of the past a topic may keep.
func (s *streams) room() int { return mostPast / max(len(s.topics), 1) }

// forget makes room for a topic, if one without readers can go.
func (s *streams) forget() {
	for key, t := range s.topics {
		if len(s.topics) < mostTopics {
			return
		}
		if t.readers == 0 {
			delete(s.topics, key)
		}
	}
}

// look publishes changes as long as there are readers.
func (s *streams) look() {
	tick := time.NewTicker(s.pace)
	defer tick.Stop()
	var last *view
	for {
		select {
		case <-s.ctx.Done():
			return
		case <-tick.C:
		}
		topics, room := s.read()
		if topics == nil {
			return
		}
		v, err := s.cache.fresh(s.ctx)
		if err != nil || v == last {
			continue // the cache has told the log
		}
		last = v
		for _, t := range topics {
			if err := publishView(t, v, room); err != nil {
				s.log.LogAttrs(s.ctx, slog.LevelError, "publishing a change failed",
					slog.String("filter", t.filter.encode()), slog.Any("error", err))
			}
		}
	}
}

func publishView(t *topic, v *view, room int) error {
	p, err := v.filtered(t.filter)
	if err != nil {
		return err
	}
	return t.publish(p.encoding, room)
}

// read returns the topics that have readers, and the room that each has. Where
// there are none, looking ends.
func (s *streams) read() (list []*topic, room int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, t := range s.topics {
		if t.readers > 0 {
			list = append(list, t)
		}
	}
	s.looking = list != nil
	return list, s.room()
}

// serve is one stream: until its reader goes, its time is over, or the streams
// end.
func (s *streams) serve(w http.ResponseWriter, r *http.Request, f Filter, current *encoding) error {
	t, err := s.join(f, current)
	if err != nil {
		return err
	}
	defer s.part(t)
	version := r.Header.Get("Last-Event-ID")
	if version == "" {
		version = r.URL.Query().Get("since")
	}
	h := w.Header()
	h.Set("Content-Type", "text/event-stream; charset=utf-8")
	h.Set("Cache-Control", "no-store, no-transform")
	h.Set("X-Accel-Buffering", "no") // nginx would hold events back
	out := writer{w: w, to: http.NewResponseController(w)}
	out.write(fmt.Appendf(nil, "retry: %d\n\n", reconnect.Milliseconds()))

	end := time.NewTimer(s.lifeOf(r.Context()))
	defer end.Stop()
	beat := time.NewTimer(heartbeat)
	defer beat.Stop()
	for out.err == nil {
		e, changed, err := t.since(version)
		if err != nil {
			return err
		}
		if e.text != nil {
			out.write(e.text)
			beat.Reset(heartbeat)
		}
		version = e.version
		select {
		case <-changed:
		case <-beat.C:
			out.write([]byte(": keep-alive\n\n"))
			beat.Reset(heartbeat)
		case <-end.C:
			out.write([]byte("event: end\ndata: {\"reason\":\"time\"}\n\n"))
			return nil
		case <-s.ctx.Done():
			out.write([]byte("event: end\ndata: {\"reason\":\"shutdown\"}\n\n"))
			return nil
		case <-r.Context().Done():
			return nil
		}
	}
	return nil // the reader has gone, or doesn't read
}

// lifeOf is how long a stream lasts: less than its request may take, and not
// just as long as those that began with it.
func (s *streams) lifeOf(ctx context.Context) time.Duration {
	life := s.life
	if deadline, ok := ctx.Deadline(); ok { // the functions framework knows the platform's
		life = max(min(life, time.Until(deadline)-5*time.Second), 0)
	}
	return life - rand.N(life/10+1)
}

// writer writes to a reader who may not read. After an error it does nothing.
type writer struct {
	w   http.ResponseWriter
	to  *http.ResponseController
	err error
}

func (w *writer) write(text []byte) {
	if w.err != nil {
		return
	}
	// Not every ResponseWriter has deadlines: those of net/http do.
	_ = w.to.SetWriteDeadline(time.Now().Add(writeTimeout))
	if _, w.err = w.w.Write(text); w.err == nil {
		w.err = w.to.Flush()
	}
}
