package stream

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"sync"

	"github.com/tallystream/tallystream/functions/dashboard/delta"
	"github.com/tallystream/tallystream/functions/dashboard/filter"
	"github.com/tallystream/tallystream/functions/dashboard/results"
)

// channel is a document through one filter, as its streams have it: the current
// version, and those before from which a reader can go on.
type channel struct {
	kind   Kind
	filter filter.Filter

	mu      sync.Mutex
	current *results.Encoding
	past    []*results.Encoding // the oldest first
	changed chan struct{}       // closed with the next version
	events  map[string]event
	kept    int // bytes of events
	room    int // bytes that the past may take, and as many events
	readers int // held by streams.mu
}

// event is a server-sent event, ready to be written.
type event struct {
	chunk   *chunk // nil: nothing has changed
	version string // that the reader has after it
}

func newChannel(kind Kind, f filter.Filter, current *results.Encoding, room int) *channel {
	return &channel{kind: kind, filter: f, current: current, changed: make(chan struct{}), events: map[string]event{}, room: room}
}

// publish makes a version the current one.
func (c *channel) publish(next *results.Encoding, room int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if next.Version == c.current.Version {
		return
	}
	if c.kind == Results {
		c.past = append(c.past, c.current)
	}
	c.current, c.events, c.kept = next, map[string]event{}, 0
	c.trim(room)
	close(c.changed)
	c.changed = make(chan struct{})
}

// narrow leaves less room to a channel, because there are more of them.
func (c *channel) narrow(room int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.trim(room)
}

// trim forgets the versions that there is no room for. The caller holds the lock.
func (c *channel) trim(room int) {
	if surplus := len(c.past) - min(mostPast, room/max(len(c.current.Body), 1)); surplus > 0 {
		c.past = append([]*results.Encoding(nil), c.past[surplus:]...)
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
	return version == c.current.Version || c.before(version) != nil
}

// before is a version that a reader can go on from; nil where it isn't known.
func (c *channel) before(version string) *results.Encoding {
	if i := slices.IndexFunc(c.past, func(e *results.Encoding) bool { return e.Version == version }); i >= 0 {
		return c.past[i]
	}
	return nil
}

// event makes the event for since: a patch, or the document where it is smaller, or
// where it isn't known what the reader has.
func (c *channel) event(version string) (event, error) {
	if version == c.current.Version {
		return event{version: version}, nil
	}
	if c.kind == Versions {
		data, err := json.Marshal(map[string]string{"version": c.current.Version})
		return newEvent("version", c.current.Version, data), err
	}
	if from := c.before(version); from != nil {
		data, err := patch(from, c.current)
		if err != nil {
			return event{}, err
		}
		if len(data) < len(c.current.Body) {
			return newEvent("patch", c.current.Version, data), nil
		}
	}
	return newEvent("results", c.current.Version, c.current.Body), nil
}

// patch encodes what has changed between two versions.
func patch(from, to *results.Encoding) ([]byte, error) {
	p, err := delta.Between(from, to)
	if err != nil {
		return nil, err
	}
	data, err := json.Marshal(p)
	if err != nil {
		return nil, fmt.Errorf("encode a patch from %s to %s: %w", from.Version, to.Version, err)
	}
	return data, nil
}

// newEvent writes an event. Its data is JSON, which has no line ends within.
func newEvent(kind, version string, data []byte) event {
	var text bytes.Buffer
	fmt.Fprintf(&text, "id: %s\nevent: %s\ndata: %s\n\n", version, kind, bytes.TrimRight(data, "\n"))
	return event{chunk: newChunk(text.Bytes()), version: version}
}
