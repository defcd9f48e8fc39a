package engine

import (
	"context"
	"sync"
)

// mutations keeps BigQuery's rule for concurrent changes, which is by table:
// a transaction that updates or deletes rows of a table excludes all others
// that do. Reads and inserts never conflict.
type mutations struct {
	mu      sync.Mutex
	commits int64           // counts committed changes
	tables  map[int64]*turn // by table id
}

// turn is the right to update or delete rows of a table.
type turn struct {
	holder  any           // a run, or nil
	free    chan struct{} // closed when the holder is done
	changed int64         // the commit that last changed the table
}

func newMutations() *mutations { return &mutations{tables: map[int64]*turn{}} }

func (m *mutations) turn(id int64) *turn {
	t := m.tables[id]
	if t == nil {
		t = &turn{}
		m.tables[id] = t
	}
	return t
}

// wait takes the turn for a statement outside of a transaction, after those
// before it.
func (m *mutations) wait(ctx context.Context, id int64, holder any) error {
	for {
		m.mu.Lock()
		t := m.turn(id)
		if t.holder == nil || t.holder == holder {
			m.take(t, holder)
			m.mu.Unlock()
			return nil
		}
		free := t.free
		m.mu.Unlock()
		select {
		case <-free:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (m *mutations) take(t *turn, holder any) {
	if t.holder == nil {
		t.holder, t.free = holder, make(chan struct{})
	}
}

// try takes the turn for a transaction; it fails if another holds it or has
// changed the table since the transaction began.
func (m *mutations) try(id int64, holder any, since int64) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	t := m.turn(id)
	if t.holder != nil && t.holder != holder || t.changed > since {
		return false
	}
	m.take(t, holder)
	return true
}

// release ends turns; changed says that their changes were committed.
func (m *mutations) release(ids []int64, changed bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if changed {
		m.commits++
	}
	for _, id := range ids {
		t := m.turn(id)
		if changed {
			t.changed = m.commits
		}
		if t.holder != nil {
			close(t.free)
			t.holder, t.free = nil, nil
		}
	}
}

func (m *mutations) now() int64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.commits
}
