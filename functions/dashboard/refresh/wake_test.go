package refresh

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/tallystream/tallystream/functions/dashboard/internal/sample"
)

// newWaker returns a store that counts part of the votes, after a query of 10 ms.
func newWaker(t *testing.T) *sample.Waker {
	w := sample.NewWaker()
	count(t, w, 0.2)
	return w
}

func count(t *testing.T, w *sample.Waker, part float64) {
	w.Set(slow(10*time.Millisecond, sample.Simulate(sample.Election(t), 100, part), nil))
}

func mustGet(t *testing.T, c *Cache) *View {
	t.Helper()
	v, err := c.Get(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// A change is read at once for who asks again and again: the view is new as soon as the
// query has ended, and no request waits.
func TestChangeIsReadAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := newWaker(t)
		c := newTestCache(t, store)
		first := mustGet(t, c)
		time.Sleep(3 * time.Second)
		mustGet(t, c) // begins a query, in the background
		time.Sleep(100 * time.Millisecond)
		mustGet(t, c)
		count(t, store, 0.9)
		store.Change()
		time.Sleep(c.refresh) // since the last query began, at most
		synctest.Wait()
		asked := time.Now()
		if v := mustGet(t, c); v == first || !time.Now().Equal(asked) {
			t.Errorf("the same view as before the change: %v; waited %v", v == first, time.Since(asked))
		}
		if got := store.Calls(); got != 3 {
			t.Errorf("%d queries, want 3", got)
		}
	})
}

// Who asks for the first time since a change waits for what is new.
func TestNextRequestWaitsForAChange(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := newWaker(t)
		c := newTestCache(t, store)
		first := mustGet(t, c)
		count(t, store, 0.9)
		store.Change()
		time.Sleep(3 * time.Second)
		if got := store.Calls(); got != 1 {
			t.Errorf("%d queries while nobody asks, want that of the first request", got)
		}
		if mustGet(t, c) == first {
			t.Error("the view is that from before the change")
		}

		store.Set(slow(time.Hour, nil, nil))
		store.Change()
		time.Sleep(3 * time.Second)
		asked := time.Now()
		mustGet(t, c)
		if waited := time.Since(asked); waited != newsPatience {
			t.Errorf("waited %v for a query that hangs, want %v", waited, newsPatience)
		}
	})
}

// Changes cause one query per refresh at most, and none while nobody looks.
func TestManyChanges(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := newWaker(t)
		c := newTestCache(t, store)
		changes := func(looked bool) int {
			before := store.Calls()
			for range 1000 {
				if looked {
					mustGet(t, c)
				}
				store.Change()
				time.Sleep(10 * time.Millisecond)
			}
			return store.Calls() - before
		}
		if got := changes(true); got < 9 || got > 11 {
			t.Errorf("%d queries in 10 s at one refresh a second, want one a second", got)
		}
		time.Sleep(time.Minute)
		if got := changes(false); got > 1 {
			t.Errorf("%d queries while nobody looks, want at most one for who looked last", got)
		}
	})
}

// A store that is slow is read half of the time, one query after another.
func TestSlowStoreRests(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := newWaker(t)
		c := newTestCache(t, store)
		mustGet(t, c)
		store.Set(slow(15*time.Second, sample.Simulate(sample.Election(t), 100, 0.5), nil))
		for start := time.Now(); time.Since(start) < 5*time.Minute; time.Sleep(100 * time.Millisecond) {
			mustGet(t, c)
			store.Change()
		}
		if got := store.Calls(); got < 9 || got > 11 {
			t.Errorf("%d queries of 15 s in five minutes, want 10", got)
		}
	})
}

// A pass ends the rest after a slow query, and no other change does, nor a pass before the rest.
func TestPassEndsTheRest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := newWaker(t)
		c := newTestCache(t, store)
		mustGet(t, c)
		store.Set(slow(15*time.Second, sample.Simulate(sample.Election(t), 100, 0.5), nil))
		look := func() {
			t.Helper()
			mustGet(t, c)
			synctest.Wait()
		}
		time.Sleep(3 * time.Second)
		look() // begins the slow query
		store.Pass()
		time.Sleep(16 * time.Second)
		before := store.Calls()
		for range 3 {
			look()
			store.Change()
			time.Sleep(time.Second)
		}
		if got := store.Calls() - before; got != 0 {
			t.Fatalf("%d queries in the rest after a slow one, want none", got)
		}
		store.Pass()
		look()
		if got := store.Calls() - before; got != 1 {
			t.Errorf("%d queries after a pass, want 1", got)
		}
	})
}

// A store that is told nothing any more is looked at by the clock.
func TestClockGoesOnWithoutNews(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := newWaker(t)
		c := newTestCache(t, store)
		first := mustGet(t, c)
		count(t, store, 0.9)
		time.Sleep(2 * time.Second)
		mustGet(t, c)
		time.Sleep(time.Second)
		if mustGet(t, c) == first {
			t.Error("the view is that from before the change")
		}
	})
}
