package engine

import (
	"context"
	"errors"
	"sync"
	"testing"
)

// Statements outside of transactions take turns: no two change a table at once.
func TestWaitTakesTurns(t *testing.T) {
	m := newMutations()
	var group sync.WaitGroup
	var changing sync.Mutex
	for range 16 {
		holder := new(int)
		group.Go(func() {
			for range 50 {
				if err := m.wait(t.Context(), 1, holder); err != nil {
					t.Error(err)
					return
				}
				if !changing.TryLock() {
					t.Error("two statements have the turn")
					return
				}
				changing.Unlock()
				m.release([]int64{1}, true)
			}
		})
	}
	group.Wait()
	if got := m.now(); got != 16*50 {
		t.Errorf("%d commits, want %d", got, 16*50)
	}
}

// A transaction is refused a table that another holds or has changed since it began.
func TestTransactionsConflict(t *testing.T) {
	m := newMutations()
	since := m.now()
	for range 2 {
		if !m.try(1, "a", since) {
			t.Fatal("a table is refused that nobody else holds")
		}
	}
	if m.try(1, "b", since) {
		t.Error("two transactions hold one table")
	}
	if !m.try(2, "b", since) {
		t.Error("another table is refused")
	}
	m.release([]int64{1}, false) // rolled back
	if !m.try(1, "b", since) {
		t.Error("a table is refused after a rollback")
	}
	m.release([]int64{1, 2}, true)
	if m.try(1, "c", since) {
		t.Error("a table that has changed since the snapshot isn't refused")
	}
	if !m.try(1, "c", m.now()) {
		t.Error("a table is refused to a transaction that begins after its change")
	}
}

func TestWaitEndsWithItsContext(t *testing.T) {
	m := newMutations()
	if err := m.wait(t.Context(), 1, "a"); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- m.wait(ctx, 1, "b") }()
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("error = %v", err)
	}
}
