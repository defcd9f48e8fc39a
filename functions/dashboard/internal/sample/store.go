package sample

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tallystream/tallystream/functions/dashboard/snapshot"
)

// Store is a snapshot.Store whose answer a test sets. It counts its calls.
type Store struct {
	mu    sync.Mutex
	calls int
	Next  func(ctx context.Context) (*snapshot.Snapshot, error)
}

// Snapshot implements snapshot.Store.
func (f *Store) Snapshot(ctx context.Context) (*snapshot.Snapshot, error) {
	f.mu.Lock()
	f.calls++
	next := f.Next
	f.mu.Unlock()
	return next(ctx)
}

// Waker is a Store that a test has tell of changes.
type Waker struct {
	Store
	changed chan struct{}
	pass    atomic.Pointer[time.Time]
}

// NewWaker returns a Waker without an answer.
func NewWaker() *Waker {
	w := &Waker{changed: make(chan struct{}, 1)}
	w.pass.Store(&time.Time{})
	return w
}

// Wake implements snapshot.Waker.
func (w *Waker) Wake() <-chan struct{} { return w.changed }

// Change tells of a change, unless one is told already.
func (w *Waker) Change() {
	select {
	case w.changed <- struct{}{}:
	default:
	}
}

// PassAt implements snapshot.Waker.
func (w *Waker) PassAt() time.Time { return *w.pass.Load() }

// Pass tells of a pass.
func (w *Waker) Pass() {
	now := time.Now()
	w.pass.Store(&now)
	w.Change()
}

// Set sets the answer.
func (f *Store) Set(next func(ctx context.Context) (*snapshot.Snapshot, error)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.Next = next
}

// Calls is how often the store was read.
func (f *Store) Calls() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.calls
}

// Returns is an answer that is always the same.
func Returns(s *snapshot.Snapshot, err error) func(context.Context) (*snapshot.Snapshot, error) {
	return func(context.Context) (*snapshot.Snapshot, error) { return s, err }
}
