package bridge

import (
	"context"

	"golang.org/x/sync/semaphore"
)

// budget bounds the bytes that are read and not yet acknowledged.
type budget struct {
	size int64
	*semaphore.Weighted
}

func newBudget(size int) *budget {
	return &budget{int64(size), semaphore.NewWeighted(int64(size))}
}

// cost is what n bytes take: more than all of the budget counts as all of it.
func (b *budget) cost(n int) int64 { return min(int64(n), b.size) }

// take takes a cost, if there is room for it.
func (b *budget) take(cost int64) bool { return b.TryAcquire(cost) }

// wait takes a cost once there is room for it. The error is that of ctx.
func (b *budget) wait(ctx context.Context, cost int64) error { return b.Acquire(ctx, cost) }

// give gives a cost back.
func (b *budget) give(cost int64) { b.Release(cost) }
