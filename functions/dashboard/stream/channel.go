package stream

import (
	"bytes"
	"fmt"
	"slices"
	"sync"
	"time"
)

// channel is what the streams of one source share: its current edition, and the earlier ones
// for whose readers a patch can be made.
type channel struct {
	source   Source
	patience time.Duration // see Limits

	mu      sync.Mutex
	current edition
	past    []edition     // the oldest first
	changed chan struct{} // closed with the next edition
	events  map[string]event
	kept    int // bytes of events
	room    int // bytes that the past may take, and as many events
	readers int // held by streams.mu

	waiting sync.Mutex
	conns   map[*conn]struct{} // of the streams that have one to themselves
}

// event is a server-sent event, ready to be written.
type event struct {
	chunk   *chunk // nil: nothing has changed
	version string // that the reader has after it
}

func newChannel(source Source, current edition, room int, patience time.Duration) *channel {
	return &channel{source: source, patience: patience, current: current, changed: make(chan struct{}), events: map[string]event{}, room: room, conns: map[*conn]struct{}{}}
}

// publish makes an edition the current one. It makes the event for readers of the edition
// before it.
func (c *channel) publish(next edition, room int) error {
	c.mu.Lock()
	before := c.current.version()
	if next.version() == before {
		c.mu.Unlock()
		return nil
	}
	c.past = append(c.past, c.current)
	c.current, c.events, c.kept = next, map[string]event{}, 0
	c.trim(room)
	changed := c.changed
	c.changed = make(chan struct{})
	c.mu.Unlock()
	// The event is made here, before the readers wake up: so it is made once, by one goroutine.
	e, _, err := c.since(before)
	if err == nil && e.chunk != nil {
		e.chunk.blocks()
	}
	close(changed)
	c.wake()
	return err
}

// add adds a connection to those that hear of changes.
func (c *channel) add(one *conn) {
	c.waiting.Lock()
	defer c.waiting.Unlock()
	c.conns[one] = struct{}{}
}

// remove removes a connection.
func (c *channel) remove(one *conn) {
	c.waiting.Lock()
	defer c.waiting.Unlock()
	delete(c.conns, one)
}

// wake lets the streams look for news that have a connection to themselves.
func (c *channel) wake() {
	c.waiting.Lock()
	defer c.waiting.Unlock()
	for one := range c.conns {
		one.wake()
	}
}

// narrow leaves less room to a channel, because there are more of them.
func (c *channel) narrow(room int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.trim(room)
}

// trim forgets the versions that there is no room for. The caller holds the lock.
func (c *channel) trim(room int) {
	if surplus := len(c.past) - min(mostPast, room/max(c.current.size(), 1)); surplus > 0 {
		c.past = append([]edition(nil), c.past[surplus:]...)
	}
	if c.room = room; c.kept > room {
		c.events, c.kept = map[string]event{}, 0
	}
}

// since returns the event that brings a reader of some version up to date, and a channel
// that is closed when there is more. All readers of a version share the event.
func (c *channel) since(version string) (event, <-chan struct{}, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.knows(version) {
		version = "" // those that nobody ever had are many, and as good as none
	}
	e, made := c.events[version]
	if !made {
		var err error
		if e, err = c.event(version); err != nil {
			return event{}, nil, err
		}
		if e.chunk != nil && c.kept+e.chunk.size() <= c.room {
			c.events[version] = e
			c.kept += e.chunk.size()
		}
	}
	return e, c.changed, nil
}

// knows reports whether a reader of a version can go on from it.
func (c *channel) knows(version string) bool {
	return version == c.current.version() || c.before(version) != nil
}

// before is an edition that a reader can go on from; nil where it isn't known.
func (c *channel) before(version string) edition {
	if i := slices.IndexFunc(c.past, func(e edition) bool { return e.version() == version }); i >= 0 {
		return c.past[i]
	}
	return nil
}

// event makes the event for since: a patch, or the whole where that is better, or
// where it isn't known what the reader has.
func (c *channel) event(version string) (event, error) {
	now := c.current.version()
	if version == now {
		return event{version: version}, nil
	}
	if from := c.before(version); from != nil {
		data, err := c.current.patch(from, c.patience)
		if err != nil {
			return event{}, err
		}
		if data != nil {
			return newEvent("patch", now, data), nil
		}
	}
	kind, data, err := c.current.whole()
	return newEvent(kind, now, data), err
}

// newEvent writes an event. Its data is JSON, which has no line ends within.
func newEvent(kind, version string, data []byte) event {
	var text bytes.Buffer
	fmt.Fprintf(&text, "id: %s\nevent: %s\ndata: %s\n\n", version, kind, bytes.TrimRight(data, "\n"))
	return event{chunk: newChunk(text.Bytes()), version: version}
}
