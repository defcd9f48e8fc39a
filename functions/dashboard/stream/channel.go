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

// channel is a document through one filter, as its streams see it: the current
// version, and the way to it from those before.
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

// mostPatches is how many versions back a reader can go on from.
const mostPatches = 60

// event is a server-sent event, ready to be written.
type event struct {
	text    []byte // nil: nothing has changed
	version string // that the reader has after it
}

func newChannel(kind Kind, f filter.Filter, current *results.Encoding, room int) *channel {
	return &channel{kind: kind, filter: f, current: current, changed: make(chan struct{}), events: map[string]event{}, room: room}
}

// publish makes a version the current one.
func (t *channel) publish(next *results.Encoding, room int) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if next.Version == t.current.Version {
		return nil
	}
	if t.kind == Results {
		p, err := delta.Between(t.current, next)
		if err != nil {
			return err
		}
		t.patches = append(t.patches, p)
	}
	t.current, t.events, t.kept = next, map[string]event{}, 0
	t.trim(room)
	close(t.changed)
	t.changed = make(chan struct{})
	return nil
}

// narrow leaves less room to a channel, because there are more of them.
func (t *channel) narrow(room int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.trim(room)
}

// trim gives up what of the past there is no room for: the rows of a patch keep
// all of their version in memory. The caller holds the lock.
func (t *channel) trim(room int) {
	if surplus := len(t.patches) - min(mostPatches, room/max(len(t.current.Body), 1)); surplus > 0 {
		t.patches = append([]*delta.Patch(nil), t.patches[surplus:]...)
	}
	if t.room = room; t.kept > room {
		t.events, t.kept = map[string]event{}, 0
	}
}

// since returns the event that brings a reader of some version up to date, and
// what is closed when there is more. All readers of a version share it.
func (t *channel) since(version string) (event, <-chan struct{}, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.knows(version) {
		version = "" // those that nobody ever had are many, and as good as none
	}
	e, made := t.events[version]
	if !made {
		var err error
		if e, err = t.event(version); err != nil {
			return event{}, nil, err
		}
		if t.kept+len(e.text) <= t.room {
			t.events[version] = e
			t.kept += len(e.text)
		}
	}
	return e, t.changed, nil
}

// knows reports whether a reader of a version can go on from it.
func (t *channel) knows(version string) bool {
	return version == t.current.Version || slices.ContainsFunc(t.patches, func(p *delta.Patch) bool { return p.From == version })
}

// event makes the event for since: a patch, unless it isn't known what the
// reader has, or the document is smaller.
func (t *channel) event(version string) (event, error) {
	if version == t.current.Version {
		return event{version: version}, nil
	}
	if t.kind == Versions {
		data, err := json.Marshal(map[string]string{"version": t.current.Version})
		return newEvent("version", t.current.Version, data), err
	}
	for i := len(t.patches) - 1; i >= 0; i-- {
		if t.patches[i].From != version {
			continue
		}
		data, err := json.Marshal(delta.Join(t.patches[i:]))
		if err != nil {
			return event{}, fmt.Errorf("encode a patch from %s to %s: %w", version, t.current.Version, err)
		}
		if len(data) < len(t.current.Body) {
			return newEvent("patch", t.current.Version, data), nil
		}
		break
	}
	return newEvent("results", t.current.Version, t.current.Body), nil
}

// newEvent writes an event. Its data is JSON, which has no line ends within.
func newEvent(kind, version string, data []byte) event {
	var text bytes.Buffer
	fmt.Fprintf(&text, "id: %s\nevent: %s\ndata: %s\n\n", version, kind, bytes.TrimRight(data, "\n"))
	return event{text: text.Bytes(), version: version}
}
