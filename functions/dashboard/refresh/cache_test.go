package refresh

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tallystream/tallystream/functions/dashboard/filter"
	"github.com/tallystream/tallystream/functions/dashboard/internal/sample"
	"github.com/tallystream/tallystream/functions/dashboard/page"
	"github.com/tallystream/tallystream/functions/dashboard/results"
	"github.com/tallystream/tallystream/functions/dashboard/snapshot"
	"github.com/tallystream/tallystream/functions/dashboard/web"
	"github.com/tallystream/tallystream/shared/countstate"
	"github.com/tallystream/tallystream/shared/election"
	"github.com/tallystream/tallystream/shared/kafka"
)

// newTestCache is a cache over the store with a refresh of one second and a
// greatest age of ten.
func newTestCache(t testing.TB, store snapshot.Store) *Cache {
	return newCacheOf(t, sample.Election(t), store)
}

func newCacheOf(t testing.TB, e *election.Election, store snapshot.Store) *Cache {
	t.Helper()
	a, err := web.Load()
	if err != nil {
		t.Fatal(err)
	}
	rules := results.Rules{
		Election: e, Topics: snapshot.Topics{Votes: "votes", Voters: "voters"},
		Refresh: time.Second, MaxAge: 10 * time.Second, FinalAfter: 5 * time.Minute, DelayedAfter: 2 * time.Minute,
	}
	cache := New(rules, page.Renderer{Assets: a, Poll: time.Second}, store, 30*time.Second, slog.New(slog.DiscardHandler))
	t.Cleanup(cache.Close)
	return cache
}

// slow answers after a while, unless the context ends before.
func slow(d time.Duration, s *snapshot.Snapshot, err error) func(context.Context) (*snapshot.Snapshot, error) {
	return func(ctx context.Context) (*snapshot.Snapshot, error) {
		select {
		case <-time.After(d):
			return s, err
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

func figures(t *testing.T, v *View) *results.Document {
	t.Helper()
	var r results.Document
	if err := json.Unmarshal(v.whole.Body, &r); err != nil {
		t.Fatal(err)
	}
	return &r
}

func TestManyViewersOneQuery(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := &sample.Store{Next: slow(300*time.Millisecond, sample.Simulate(sample.Election(t), 100, 0.5), nil)}
		c := newTestCache(t, store)
		// 500 viewers ask every 50 ms for ten seconds of the test's clock.
		var viewers sync.WaitGroup
		start := time.Now()
		for i := range 500 {
			viewers.Go(func() {
				time.Sleep(time.Duration(i) * 100 * time.Microsecond)
				for time.Since(start) < 10*time.Second {
					if _, err := c.Get(t.Context()); err != nil {
						t.Errorf("get: %v", err)
					}
					time.Sleep(50 * time.Millisecond)
				}
			})
		}
		viewers.Wait()
		if got := store.Calls(); got > 11 {
			t.Errorf("%d queries in 10 s at one refresh a second, want at most 11", got)
		}
		if got := store.Calls(); got < 9 {
			t.Errorf("%d queries in 10 s while somebody looks all the time, want one a second", got)
		}
	})
}

func TestNobodyLooksNothingIsQueried(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := &sample.Store{Next: sample.Returns(&snapshot.Snapshot{}, nil)}
		c := newTestCache(t, store)
		if _, err := c.Get(t.Context()); err != nil {
			t.Fatal(err)
		}
		time.Sleep(24 * time.Hour)
		if got := store.Calls(); got != 1 {
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
		store := &sample.Store{}
		store.Set(func(ctx context.Context) (*snapshot.Snapshot, error) {
			s := &snapshot.Snapshot{Books: []snapshot.BookRow{{TopicPartition: kafka.TopicPartition{Topic: "votes"}, UpdatedAt: time.Now()}}}
			time.Sleep(query)
			return s, nil
		})
		c := newTestCache(t, store)
		if _, err := c.Get(t.Context()); err != nil {
			t.Fatal(err)
		}
		for range 1000 {
			asked := time.Now()
			v, err := c.Get(t.Context())
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
		e := sample.Election(t)
		store := &sample.Store{Next: sample.Returns(sample.Simulate(e, 100, 0.2), nil)}
		c := newTestCache(t, store)
		before, err := c.Get(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Hour)
		store.Set(slow(time.Second, sample.Simulate(e, 100, 0.9), nil))
		after, err := c.Get(t.Context())
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
	for name, next := range map[string]func(context.Context) (*snapshot.Snapshot, error){
		"the query fails":           sample.Returns(nil, down),
		"the query hangs":           slow(time.Hour, nil, down),
		"the tables have gone":      sample.Returns(nil, snapshot.ErrNoTables),
		"the query fails after 5 s": slow(5*time.Second, nil, down),
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				store := &sample.Store{Next: sample.Returns(sample.Simulate(sample.Election(t), 100, 0.5), nil)}
				c := newTestCache(t, store)
				read := time.Now()
				first, err := c.Get(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				store.Set(next)

				time.Sleep(5 * time.Second)
				young, err := c.Get(t.Context())
				if err != nil || young != first {
					t.Errorf("at 5 s: %v, %v; want the first view", young, err)
				}
				time.Sleep(time.Minute)
				old, err := c.Get(t.Context())
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
				if again, err := c.Get(t.Context()); err != nil || again != old {
					t.Errorf("a second stale answer isn't the first one (error %v)", err)
				}

				store.Set(sample.Returns(sample.Simulate(sample.Election(t), 100, 0.9), nil))
				time.Sleep(time.Minute)
				fresh, err := c.Get(t.Context())
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
		next func(context.Context) (*snapshot.Snapshot, error)
		want error
	}{
		"the warehouse is down":     {sample.Returns(nil, errors.New("connection refused")), ErrUnavailable},
		"the warehouse hangs":       {slow(time.Hour, nil, nil), ErrUnavailable},
		"there are no tables yet":   {sample.Returns(nil, snapshot.ErrNoTables), nil},
		"there are empty tables":    {sample.Returns(&snapshot.Snapshot{}, nil), nil},
		"the first query is slow":   {slow(2*patience, &snapshot.Snapshot{}, nil), nil},
		"it is down without tables": {slow(time.Hour, nil, snapshot.ErrNoTables), ErrUnavailable},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := newTestCache(t, &sample.Store{Next: tc.next})
				v, err := c.Get(t.Context())
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
		store := &sample.Store{Next: sample.Returns(nil, errors.New("overloaded"))}
		c := newTestCache(t, store)
		for range 600 {
			if _, err := c.Get(t.Context()); !errors.Is(err, ErrUnavailable) {
				t.Fatalf("error %v, want %v", err, ErrUnavailable)
			}
			time.Sleep(100 * time.Millisecond)
		}
		if got := store.Calls(); got > 8 {
			t.Errorf("%d queries in a minute of failures, want at most 8", got)
		}
	})
}

func TestEqualFiguresKeepTheirView(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := sample.Election(t)
		store := &sample.Store{}
		store.Set(func(context.Context) (*snapshot.Snapshot, error) { return sample.Simulate(e, 100, 0.5), nil })
		c := newTestCache(t, store)
		first, err := c.Get(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute)
		second, err := c.Get(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if store.Calls() != 2 || first != second {
			t.Errorf("%d queries, same view %v; want 2 queries and one view", store.Calls(), first == second)
		}
	})
}

func TestCloseStopsTheQuery(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := &sample.Store{Next: slow(time.Hour, nil, nil)}
		c := newTestCache(t, store)
		go func() { _, _ = c.Get(t.Context()) }()
		synctest.Wait()
		start := time.Now()
		c.Close()
		if took := time.Since(start); took > 0 {
			t.Errorf("close took %v, want it to cancel the query", took)
		}
		if _, err := c.Get(t.Context()); !errors.Is(err, ErrUnavailable) {
			t.Errorf("get after close: %v, want %v", err, ErrUnavailable)
		}
	})
}

func TestViewerGivesUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := &sample.Store{Next: slow(5*time.Second, &snapshot.Snapshot{}, nil)}
		c := newTestCache(t, store)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := c.Get(ctx); !errors.Is(err, ErrUnavailable) {
			t.Errorf("get: %v, want %v", err, ErrUnavailable)
		}
		// The query goes on for others, and a second one beside it.
		if _, err := c.Get(t.Context()); err != nil {
			t.Errorf("get: %v", err)
		}
		if got := store.Calls(); got != mostLooks {
			t.Errorf("%d queries, want %d", got, mostLooks)
		}
	})
}

// Each query that changes what is shown has a line, however many readers it
// serves.
func TestLogOfQueries(t *testing.T) {
	var log bytes.Buffer
	c := newTestCache(t, &sample.Store{Next: sample.Returns(&snapshot.Snapshot{}, nil)})
	c.log = slog.New(slog.NewTextHandler(&log, nil))
	for range 3 {
		if _, err := c.Get(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	c.Close()
	if got := log.String(); strings.Count(got, `msg="results read" took=`) != 1 || !strings.Contains(got, "changed=true bytes=") {
		t.Errorf("log %q, want one line of a query", got)
	}
}

// Somebody who asks for every filter there is gets answers, and fills no memory.
func TestDocumentsThroughFiltersAreBounded(t *testing.T) {
	c := newTestCache(t, &sample.Store{Next: sample.Returns(sample.Small(), nil)})
	v, err := c.Get(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	first := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for i := range mostParts + 50 {
		from := first.Add(time.Duration(i) * time.Hour)
		if p, err := v.Filtered(filter.Filter{From: &from}); err != nil || p.Document.Size() == 0 {
			t.Fatalf("filter %d: %v", i, err)
		}
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	size := 0
	for _, p := range v.parts.Values() {
		size += p.size()
	}
	if v.parts.Len() != mostParts || v.kept != size {
		t.Errorf("%d documents are kept, want %d; they have %d bytes, of which %d are counted", v.parts.Len(), mostParts, size, v.kept)
	}
}
