package sample

import (
	"context"
	"sync"

	"github.com/tallystream/tallystream/functions/dashboard/snapshot"
)

// Store is a Store whose answer a test sets, and which counts its calls.
type Store struct {
	mu    sync.Mutex
	calls int
	Next  func(ctx context.Context) (*snapshot.Snapshot, error)
}

func (f *Store) Snapshot(ctx context.Context) (*snapshot.Snapshot, error) {
	f.mu.Lock()
	f.calls++
	next := f.Next
	f.mu.Unlock()
	return next(ctx)
}

func (f *Store) Set(next func(ctx context.Context) (*snapshot.Snapshot, error)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.Next = next
}

func (f *Store) Calls() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.calls
}

// Returns is a Store's answer.
func Returns(s *snapshot.Snapshot, err error) func(context.Context) (*snapshot.Snapshot, error) {
	return func(context.Context) (*snapshot.Snapshot, error) { return s, err }
}
