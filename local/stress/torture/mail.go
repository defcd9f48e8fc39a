package torture

import (
	"context"
	"fmt"
	"sync"
)

// mail knows which messages are on their way through Pub/Sub.
type mail struct {
	mu      sync.Mutex
	way     map[string]int // published (1), answered (-1) or both (0), by id
	changed chan struct{}  // closed at the next change
}

func (m *mail) sent(id string)     { m.count(id, 1) }
func (m *mail) answered(id string) { m.count(id, -1) }

func (m *mail) count(id string, by int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.way == nil {
		m.way = map[string]int{}
	}
	// A message may be answered before the publisher's proxy knows its id, and
	// may be answered twice.
	m.way[id] = max(-1, min(1, m.way[id]+by))
	if m.changed != nil {
		close(m.changed)
		m.changed = nil
	}
}

// delivered waits until every message that was published is answered.
func (m *mail) delivered(ctx context.Context) error {
	for {
		m.mu.Lock()
		left := 0
		for _, n := range m.way {
			if n > 0 {
				left++
			}
		}
		if m.changed == nil {
			m.changed = make(chan struct{})
		}
		changed := m.changed
		m.mu.Unlock()
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
