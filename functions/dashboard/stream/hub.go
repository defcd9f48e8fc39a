// Package stream serves the results as server-sent events. Views of the refresh go in,
// one for each change; each reader gets an event with what they lack. An event is
// encoded once, however many readers there are.
package stream

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/tallystream/tallystream/functions/dashboard/refresh"
)

// Hub serves the results as server-sent events.
//
// While there are streams, one goroutine reads the results once a second, like
// any viewer, and publishes what has changed to the channels, one for each
// source in use. Where the cache has news, and nothing was published for a second,
// it reads at once. A stream's own goroutine takes from its channel what its reader
// lacks and writes it. So a reader that doesn't read holds up nobody, and finds one
// event waiting, however long it slept.
//
// A stream over HTTP/1.1 takes its connection over from the server, which keeps some 50 KB
// for an answer under way. What is left is a goroutine that waits in a read of the
// connection, by which it knows at once that its reader has gone.
type Hub struct {
	cache  *refresh.Cache
	limits Limits
	log    *slog.Logger

	ctx    context.Context // ends with the streams
	cancel context.CancelFunc
	done   sync.WaitGroup

	mu       sync.Mutex
	open     int
	channels map[string]*channel // by source
	polling  bool
}

// Limits bound streams.
type Limits struct {
	Pace time.Duration // between two polls of the cache
	Life time.Duration // of a stream
	Most int           // streams at a time
	// Patience is how long the search for a short patch of a page goes on; 0 is 100 ms. Readers are
	// sent to the whole page where the patch is longer than half of it.
	Patience time.Duration
}

// New returns streams of what a cache has.
func New(cache *refresh.Cache, limits Limits, log *slog.Logger) *Hub {
	ctx, cancel := context.WithCancel(context.Background())
	limits.Patience = cmp.Or(limits.Patience, usualPatience)
	return &Hub{
		cache: cache, limits: limits, log: log,
		ctx: ctx, cancel: cancel, channels: map[string]*channel{},
	}
}

// Close ends all streams with an event that says so. It waits for their ends, but not
// beyond the context's: a reader may be slow to take the event.
func (s *Hub) Close(ctx context.Context) error {
	s.mu.Lock() // no stream begins between the two
	s.cancel()
	for _, c := range s.channels {
		c.wake()
	}
	s.mu.Unlock()
	ended := make(chan struct{})
	go func() {
		s.done.Wait()
		close(ended)
	}()
	select {
	case <-ended:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("streams haven't ended: %w", context.Cause(ctx))
	}
}

// TooManyError says that there is no room for a stream, or that none begin any more.
type TooManyError struct{ error }

// enter makes room for a stream.
func (s *Hub) enter() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.ctx.Err() != nil:
		return TooManyError{errors.New("the dashboard is about to end")}
	case s.open >= s.limits.Most:
		return TooManyError{fmt.Errorf("there are %d streams already, as many as may be", s.open)}
	}
	s.open++
	s.done.Add(1)
	return nil
}

// leave gives back the room of a stream.
func (s *Hub) leave() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.open--
	s.done.Done()
}

// join adds a reader to the channel of a source, which begins with what the reader's view has.
func (s *Hub) join(source Source, current edition) (*channel, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.channels[source.name]
	if c == nil {
		if s.forget(); len(s.channels) >= mostChannels {
			return nil, TooManyError{fmt.Errorf("there are streams through %d filters already, in all languages and sections, as many as may be", len(s.channels))}
		}
		c = newChannel(source, current, s.room(), s.limits.Patience)
		s.channels[source.name] = c
		for _, other := range s.channels {
			other.narrow(s.room()) // one that nobody reads would not hear of it
		}
	} else if c.readers == 0 { // nobody has kept it up to date
		if err := c.publish(current, s.room()); err != nil {
			return nil, err
		}
	}
	c.readers++
	if !s.polling {
		s.polling = true
		s.done.Go(s.poll)
	}
	return c, nil
}

// part takes a reader from a channel, and the connection that it has to itself, if it has.
func (s *Hub) part(c *channel, its *conn) {
	if its != nil {
		c.remove(its)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	c.readers--
}

// room is how many bytes of the past a channel may keep.
func (s *Hub) room() int { return mostRoom / max(len(s.channels), 1) }

// forget makes room for a channel, if one without readers can go.
func (s *Hub) forget() {
	for key, c := range s.channels {
		if len(s.channels) < mostChannels {
			return
		}
		if c.readers == 0 {
			delete(s.channels, key)
		}
	}
}

// poll publishes changes as long as there are readers.
func (s *Hub) poll() {
	tick := time.NewTicker(s.limits.Pace)
	defer tick.Stop()
	var last *refresh.View
	var published time.Time
	for {
		select {
		case <-s.ctx.Done():
			return
		case <-tick.C:
		case <-s.cache.News():
			if time.Since(published) < s.limits.Pace {
				continue // with the next tick
			}
		}
		channels, room := s.read()
		if channels == nil {
			return
		}
		v, err := s.cache.Fresh(s.ctx)
		if err != nil || v == last {
			continue // the cache has told the log
		}
		last, published = v, time.Now()
		tick.Reset(s.limits.Pace)
		for _, c := range channels {
			if err := publishView(c, v, room); err != nil {
				s.log.LogAttrs(s.ctx, slog.LevelError, "publishing a change failed",
					slog.String("source", c.source.name), slog.Any("error", err))
			}
		}
	}
}

// publishView publishes what a view has for a channel.
func publishView(c *channel, v *refresh.View, room int) error {
	next, err := c.source.of(v)
	if err != nil {
		return err
	}
	return c.publish(next, room)
}

// read returns the channels that have readers, and the room that each has. Where
// there are none, polling ends.
func (s *Hub) read() (list []*channel, room int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.channels {
		if c.readers > 0 {
			list = append(list, c)
		}
	}
	s.polling = list != nil
	return list, s.room()
}
