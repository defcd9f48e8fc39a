package bridge

import (
	"context"
	"sync"
)

// budget bounds the bytes that are read and not yet acknowledged. It is safe
// for concurrent use; one goroutine at a time may wait.
type budget struct {
	size int

	mu    sync.Mutex
	used  int
	freed chan struct{} // holds a token after bytes were given back
}

func newBudget(size int) *budget {
	return &budget{size: size, freed: make(chan struct{}, 1)}
}

// cost is what n bytes take: more than all of the budget counts as all of it.
func (b *budget) cost(n int) int { return min(n, b.size) }

// take takes a cost, if there is room for it.
func (b *budget) take(cost int) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.used+cost > b.size {
		return false
	}
	b.used += cost
	return true
}

// give gives a cost back.
func (b *budget) give(cost int) {
	b.mu.Lock()
	b.used -= cost
	b.mu.Unlock()
	select {
	case b.freed <- struct{}{}:
	default:
	}
}

// wait waits until something was given back since the last wait.
func (b *budget) wait(ctx context.Context) error {
	select {
	case <-b.freed:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
