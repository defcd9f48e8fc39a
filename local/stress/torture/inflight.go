package torture

import (
	"context"
	"fmt"
	"sync"
)

// inflight tracks the messages that are on their way through Pub/Sub.
type inflight struct {
	mu      sync.Mutex
	state   map[string]int // by message id: published (1), acknowledged (-1) or both (0)
	changed chan struct{}  // closed at the next change
}

func (f *inflight) published(id string)    { f.count(id, 1) }
func (f *inflight) acknowledged(id string) { f.count(id, -1) }

func (f *inflight) count(id string, by int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.state == nil {
		f.state = map[string]int{}
	}
	// A message may be acknowledged before the publisher's proxy knows its id, and
	// may be acknowledged twice.
	f.state[id] = max(-1, min(1, f.state[id]+by))
	if f.changed != nil {
		close(f.changed)
		f.changed = nil
	}
}

// await waits until every message that was published is acknowledged.
func (f *inflight) await(ctx context.Context) error {
	for {
		f.mu.Lock()
		left := 0
		for _, n := range f.state {
			if n > 0 {
				left++
			}
		}
		if f.changed == nil {
			f.changed = make(chan struct{})
		}
		changed := f.changed
		f.mu.Unlock()
		if left == 0 {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return fmt.Errorf("%d messages were not delivered: %w", left, ctx.Err())
		}
	}
}
