package dashboard

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tallystream/tallystream/shared/countstate"
)

// newTestCache is a cache over the store with a refresh of one second and a
// greatest age of ten.
func newTestCache(t *testing.T, store Store) *cache {
	t.Helper()
	c := testConfig(t)
	a, err := newAssets()
	if err != nil {
		t.Fatal(err)
	}
	r := &renderer{config: c, assets: a.names, poll: time.Second}
	cache := newCache(c, store, r, slog.New(slog.NewTextHandler(io.Discard, nil)))
	t.Cleanup(cache.close)
	return cache
}

// slow answers after a while, unless the context ends before.
func slow(d time.Duration, s *Snapshot, err error) func(context.Context) (*Snapshot, error) {
	return func(ctx context.Context) (*Snapshot, error) {
		select {
		case <-time.After(d):
			return s, err
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

func figures(t *testing.T, v *view) *Results {
	t.Helper()
	var r Results
	if err := json.Unmarshal(v.results.identity.body, &r); err != nil {
		t.Fatal(err)
	}
	return &r
}

func TestManyViewersOneQuery(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := &fakeStore{next: slow(300*time.Millisecond, simulate(testElection(t), 100, 0.5), nil)}
		c := newTestCache(t, store)
		// 500 viewers ask every 50 ms for ten seconds of the test's clock.
		var viewers sync.WaitGroup
		start := time.Now()
		for i := range 500 {
			viewers.Go(func() {
				time.Sleep(time.Duration(i) * 100 * time.Microsecond)
				for time.Since(start) < 10*time.Second {
					if _, err := c.get(t.Context()); err != nil {
						t.Errorf("get: %v", err)
					}
					time.Sleep(50 * time.Millisecond)
				}
			})
		}
		viewers.Wait()
		if got := store.count(); got > 11 {
			t.Errorf("%d queries in 10 s at one refresh a second, want at most 11", got)
		}
		if got := store.count(); got < 9 {
			t.Errorf("%d queries in 10 s while somebody looks all the time, want one a second", got)
		}
	})
}

func TestNobodyLooksNothingIsQueried(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := &fakeStore{next: returns(&Snapshot{}, nil)}
		c := newTestCache(t, store)
		if _, err := c.get(t.Context()); err != nil {
			t.Fatal(err)
		}
		time.Sleep(24 * time.Hour)
		if got := store.count(); got != 1 {
			t.Errorf("%d queries, want the one of the only viewer", got)
		}
	})
}

// TestAgeOfAnswers checks the promise to somebody who asks all the time: no
// answer is older than a refresh, a query and the pause between two questions,
// and none but the first has to wait.
func TestAgeOfAnswers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const query, pause = 200 * time.Millisecond, 10 * time.Millisecond
		e := testElection(t)
		store := &fakeStore{}
		store.set(func(ctx context.Context) (*Snapshot, error) {
			s := &Snapshot{Books: []BookRow{{Topic: "votes", UpdatedAt: time.Now()}}}
			time.Sleep(query)
			return s, nil
		})
		c := newTestCache(t, store)
		c.renderer.config.Election = e
		if _, err := c.get(t.Context()); err != nil {
			t.Fatal(err)
		}
		for range 1000 {
			asked := time.Now()
			v, err := c.get(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if waited := time.Since(asked); waited > 0 {
				t.Fatalf("waited %v with a view at hand, want no wait", waited)
			}
			if age := time.Since(*v.figures.AsOf); age > c.refresh+query+pause {
				t.Fatalf("answer is %v old, want at most %v", age, c.refresh+query+pause)
			}
			time.Sleep(pause)
		}
	})
}

func TestOldViewWaitsForTheQuery(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := testElection(t)
		store := &fakeStore{next: returns(simulate(e, 100, 0.2), nil)}
		c := newTestCache(t, store)
		before, err := c.get(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Hour)
		store.set(slow(time.Second, simulate(e, 100, 0.9), nil))
		after, err := c.get(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if b, a := figures(t, before), figures(t, after); a.Totals.Votes <= b.Totals.Votes || a.Stale {
			t.Errorf("after an hour: %d votes, stale %v; want more than %d, fresh", a.Totals.Votes, a.Stale, b.Totals.Votes)
		}
	})
}

func TestStale(t *testing.T) {
	down := errors.New("connection refused")
	for name, next := range map[string]func(context.Context) (*Snapshot, error){
		"the query fails":           returns(nil, down),
		"the query hangs":           slow(time.Hour, nil, down),
		"the tables have gone":      returns(nil, ErrNoTables),
		"the query fails after 5 s": slow(5*time.Second, nil, down),
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				store := &fakeStore{next: returns(simulate(testElection(t), 100, 0.5), nil)}
				c := newTestCache(t, store)
				read := time.Now()
				first, err := c.get(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				store.set(next)

				time.Sleep(5 * time.Second)
				young, err := c.get(t.Context())
				if err != nil || young != first {
					t.Errorf("at 5 s: %v, %v; want the first view", young, err)
				}
				time.Sleep(time.Minute)
				old, err := c.get(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				got := figures(t, old)
				if !got.Stale || got.StaleSince == nil || !got.StaleSince.Equal(read.Truncate(time.Millisecond)) {
					t.Errorf("stale %v since %v, want since %v", got.Stale, got.StaleSince, read)
				}
				if got.Totals.Votes != figures(t, first).Totals.Votes {
					t.Errorf("the figures changed while nothing could be read")
				}
				if again, err := c.get(t.Context()); err != nil || again != old {
					t.Errorf("a second stale answer isn't the first one (error %v)", err)
				}

				store.set(returns(simulate(testElection(t), 100, 0.9), nil))
				time.Sleep(time.Minute)
				fresh, err := c.get(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				if got := figures(t, fresh); got.Stale || got.Totals.Votes <= figures(t, first).Totals.Votes {
					t.Errorf("after recovery: stale %v, %d votes; want fresh figures", got.Stale, got.Totals.Votes)
				}
			})
		})
	}
}

func TestNothingEverRead(t *testing.T) {
	for name, tc := range map[string]struct {
		next func(context.Context) (*Snapshot, error)
		want error
	}{
		"the warehouse is down":     {returns(nil, errors.New("connection refused")), errUnavailable},
		"the warehouse hangs":       {slow(time.Hour, nil, nil), errUnavailable},
		"there are no tables yet":   {returns(nil, ErrNoTables), nil},
		"there are empty tables":    {returns(&Snapshot{}, nil), nil},
		"the first query is slow":   {slow(3*time.Second, &Snapshot{}, nil), nil},
		"it is down without tables": {slow(time.Hour, nil, ErrNoTables), errUnavailable},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := newTestCache(t, &fakeStore{next: tc.next})
				v, err := c.get(t.Context())
				if !errors.Is(err, tc.want) {
					t.Fatalf("error %v, want %v", err, tc.want)
				}
				if err == nil && figures(t, v).Status != countstate.Waiting {
					t.Errorf("status %q, want %q", figures(t, v).Status, countstate.Waiting)
				}
			})
		})
	}
}

// TestFailuresPause checks that a warehouse in trouble isn't asked at the rate
// of the refresh.
func TestFailuresPause(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := &fakeStore{next: returns(nil, errors.New("overloaded"))}
		c := newTestCache(t, store)
		for range 600 {
			if _, err := c.get(t.Context()); !errors.Is(err, errUnavailable) {
				t.Fatalf("error %v, want %v", err, errUnavailable)
			}
			time.Sleep(100 * time.Millisecond)
		}
		if got := store.count(); got > 8 {
			t.Errorf("%d queries in a minute of failures, want at most 8", got)
		}
	})
}

func TestEqualFiguresKeepTheirView(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := testElection(t)
		store := &fakeStore{}
		store.set(func(context.Context) (*Snapshot, error) { return simulate(e, 100, 0.5), nil })
		c := newTestCache(t, store)
		first, err := c.get(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute)
		second, err := c.get(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if store.count() != 2 || first != second {
			t.Errorf("%d queries, same view %v; want 2 queries and one view", store.count(), first == second)
		}
	})
}

func TestCloseStopsTheQuery(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := &fakeStore{next: slow(time.Hour, nil, nil)}
		c := newTestCache(t, store)
		go func() { _, _ = c.get(t.Context()) }()
		synctest.Wait()
		start := time.Now()
		c.close()
		if took := time.Since(start); took > 0 {
			t.Errorf("close took %v, want it to cancel the query", took)
		}
		if _, err := c.get(t.Context()); !errors.Is(err, errUnavailable) {
			t.Errorf("get after close: %v, want %v", err, errUnavailable)
		}
	})
}

func TestViewerGivesUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := &fakeStore{next: slow(5*time.Second, &Snapshot{}, nil)}
		c := newTestCache(t, store)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := c.get(ctx); !errors.Is(err, errUnavailable) {
			t.Errorf("get: %v, want %v", err, errUnavailable)
		}
		// The query goes on for others.
		if _, err := c.get(t.Context()); err != nil {
			t.Errorf("get: %v", err)
		}
		if got := store.count(); got != 1 {
			t.Errorf("%d queries, want 1", got)
		}
	})
}
