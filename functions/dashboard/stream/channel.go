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
// version, and the patches that lead to it from those before.
type channel struct {
	kind   Kind
	filter filter.Filter

	mu      sync.Mutex
	current *results.Encoding
	patches []*delta.Patch // that led to current, each from the version of the one before
	changed chan struct{}  // closed with the next version
	events  map[string]event
	kept    int // bytes of events
	room    int // bytes that the past may take, and as many events
	readers int // held by streams.mu
}

// event is a server-sent event, ready to be written.
type event struct {
	text    []byte // nil: nothing has changed
	version string // that the reader has after it
}

func newChannel(kind Kind, f filter.Filter, current *results.Encoding, room int) *channel {
	return &channel{kind: kind, filter: f, current: current, changed: make(chan struct{}), events: map[string]event{}, room: room}
}

// publish makes a version the current one.
func (c *channel) publish(next *results.Encoding, room int) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if next.Version == c.current.Version {
		return nil
	}
	if c.kind == Results {
		p, err := delta.Between(c.current, next)
		if err != nil {
			return err
		}
		c.patches = append(c.patches, p)
	}
	c.current, c.events, c.kept = next, map[string]event{}, 0
	c.trim(room)
	close(c.changed)
	c.changed = make(chan struct{})
	return nil
}

// narrow leaves less room to a channel, because there are more of them.
func (c *channel) narrow(room int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.trim(room)
}

// trim forgets the versions that there is no room for. A patch counts as much as a
// whole document, because its rows keep all of their version in memory. The caller
// holds the lock.
func (c *channel) trim(room int) {
	if surplus := len(c.patches) - min(mostPatches, room/max(len(c.current.Body), 1)); surplus > 0 {
		c.patches = append([]*delta.Patch(nil), c.patches[surplus:]...)
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
		if c.kept+len(e.text) <= c.room {
			c.events[version] = e
			c.kept += len(e.text)
		}
	}
	return e, c.changed, nil
}

// knows reports whether a reader of a version can go on from it.
func (c *channel) knows(version string) bool {
	return version == c.current.Version || slices.ContainsFunc(c.patches, func(p *delta.Patch) bool { return p.From == version })
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
	for i := len(c.patches) - 1; i >= 0; i-- {
		if c.patches[i].From != version {
			continue
		}
		data, err := json.Marshal(delta.Join(c.patches[i:]))
		if err != nil {
			return event{}, fmt.Errorf("encode a patch from %s to %s: %w", version, c.current.Version, err)
		}
		if len(data) < len(c.current.Body) {
			return newEvent("patch", c.current.Version, data), nil
		}
		break
	}
	return newEvent("results", c.current.Version, c.current.Body), nil
}

// newEvent writes an event. Its data is JSON, which has no line ends within.
func newEvent(kind, version string, data []byte) event {
	var text bytes.Buffer
	fmt.Fprintf(&text, "id: %s\nevent: %s\ndata: %s\n\n", version, kind, bytes.TrimRight(data, "\n"))
	return event{text: text.Bytes(), version: version}
}
