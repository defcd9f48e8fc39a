// Package refresh keeps what is served up to date. Requests go in, however many; one
// query per refresh goes to the store at most, and a View comes out, which has every
// document of one publication, each made once.
package refresh

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tallystream/tallystream/functions/dashboard/page"
	"github.com/tallystream/tallystream/functions/dashboard/results"
	"github.com/tallystream/tallystream/functions/dashboard/snapshot"
)

// Cache keeps the latest view of the warehouse in memory.
//
// Viewers never cause more than one query per refresh: a query is started by
// the first request that finds the view older than refresh. While one is under way
// another begins only if that takes longer than usual, and longer than refresh. So one
// that is slow doesn't hold up the next; mostLooks are under way at a time, or one if the
// store tells of changes. While nobody asks, nothing is queried.
//
// What is shown never goes back: of queries that overlap, the result of one that
// began earlier, or has less, is dropped. How old an answer can be:
//
//   - Up to refresh: served as it is.
//   - Up to maxAge: served as it is, while the next query runs in the
//     background. So somebody who asks all the time gets answers no older than
//     refresh plus the time of a query, and never waits. Only where the store has told
//     of a change that nobody has been served yet, a request waits up to newsPatience.
//   - Beyond: the request waits for the query. Where that fails or takes
//     longer than patience, the old view is served, marked as stale. Where
//     there is no old view, the request waits up to firstPatience.
//
// Ages count from the start of the query that read the view. A process whose
// CPU is taken away between requests, as Cloud Run does by default, can't get
// on with a background query; the next request beyond maxAge lends it its own
// time by waiting.
type Cache struct {
	store     snapshot.Store
	publisher *publisher
	refresh   time.Duration
	maxAge    time.Duration
	timeout   time.Duration // of one query
	log       *slog.Logger

	ctx    context.Context // ends with the cache
	cancel context.CancelFunc
	done   sync.WaitGroup

	latest atomic.Pointer[entry]
	news   news

	placing sync.Mutex // held while a view is made and put in place

	mostLooks int
	mu        sync.Mutex
	looks     []time.Time   // when the queries under way began, in order
	ended     chan struct{} // closed when the next of them ends
	usual     time.Duration // that a query takes; an average in which the last ones weigh most
	failures  int           // since the last success
	lastErr   error
	notUntil  time.Time // when the next query may start after a failure, or one that was slow
	succeeded time.Time // when the last query ended that didn't fail
}

// entry is a view and when it was read.
type entry struct {
	view     *View
	snapshot *snapshot.Snapshot
	empty    bool      // made because there are no tables yet
	readAt   time.Time // when its query began
	placedAt time.Time // when it was put in place
	// stale makes the same view, marked as old, on first use.
	stale func() (*View, error)
}

// ErrUnavailable is the answer when nothing was ever read.
var ErrUnavailable = errors.New("the results can't be read at the moment")

// New returns a cache over a store. It publishes what it reads by rules, and as pages. A
// query takes timeout at most.
func New(rules results.Rules, pages page.Renderer, store snapshot.Store, timeout time.Duration, log *slog.Logger) *Cache {
	ctx, cancel := context.WithCancel(context.Background())
	c := &Cache{
		store: store, publisher: &publisher{rules: rules, pages: pages}, log: log,
		refresh: rules.Refresh, maxAge: rules.MaxAge, timeout: timeout,
		ctx: ctx, cancel: cancel, ended: make(chan struct{}), mostLooks: mostLooks, news: news{told: make(chan struct{}, 1)},
	}
	if w, tells := store.(snapshot.Waker); tells {
		c.mostLooks = 1
		c.done.Go(func() { c.watch(w) })
	}
	return c
}

// Close stops the queries under way and waits for their end.
func (c *Cache) Close() {
	c.mu.Lock() // no query starts between the two
	c.cancel()
	c.mu.Unlock()
	c.done.Wait()
}

// Get returns the view to serve.
func (c *Cache) Get(ctx context.Context) (*View, error) {
	c.news.ask()
	e := c.latest.Load()
	if e != nil {
		age := time.Since(e.readAt)
		if age <= c.refresh {
			return e.view, nil
		}
		if age <= c.maxAge {
			c.awaitNews(ctx)
			return c.latest.Load().view, nil
		}
	}
	c.await(ctx)
	switch e := c.latest.Load(); {
	case e == nil:
		return nil, c.unavailable(ctx)
	case time.Since(e.readAt) <= c.maxAge:
		return e.view, nil
	default:
		return e.stale()
	}
}

// Fresh returns a view no older than refresh, for which it waits as long as for
// a query. Where there is none to be had, it returns what Get does.
func (c *Cache) Fresh(ctx context.Context) (*View, error) {
	if e := c.latest.Load(); e == nil || time.Since(e.readAt) > c.refresh {
		c.await(ctx)
	}
	return c.Get(ctx)
}

// await starts a query if one may start, and waits for any to end, but not longer than
// patience, or firstPatience while there is no view. It starts another when that may.
func (c *Cache) await(ctx context.Context) {
	longest := patience
	if c.latest.Load() == nil {
		longest = firstPatience
	}
	limit := time.NewTimer(longest)
	defer limit.Stop()
	for {
		ended, next := c.start()
		if ended == nil {
			return
		}
		var again <-chan time.Time
		if !next.IsZero() {
			again = time.After(time.Until(next))
		}
		select {
		case <-again:
			continue
		case <-ended:
		case <-limit.C:
		case <-ctx.Done():
		}
		return
	}
}

// unavailable explains why there is no view.
func (c *Cache) unavailable(ctx context.Context) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.lastErr != nil:
		return fmt.Errorf("%w: %w", ErrUnavailable, c.lastErr)
	case ctx.Err() != nil:
		return fmt.Errorf("%w: %w", ErrUnavailable, context.Cause(ctx))
	default:
		return fmt.Errorf("%w: the first query has taken longer than %v", ErrUnavailable, firstPatience)
	}
}

// start starts a query unless the view is fresh, as many as may be are under way, the
// last one under way may yet end in the usual time, or the pause after a failure isn't over. It returns
// the end of whichever query ends next, nil where none is under way, and when another may
// start, zero where that depends on an end.
func (c *Cache) start() (ended <-chan struct{}, next time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := time.Now()
	if e := c.latest.Load(); e != nil && now.Sub(e.readAt) <= c.refresh || c.ctx.Err() != nil {
		return nil, time.Time{} // another request was faster
	}
	if n := len(c.looks); n > 0 {
		next = c.looks[n-1].Add(c.patient())
		switch {
		case n == c.mostLooks || now.Before(c.notUntil):
			return c.ended, time.Time{}
		case now.Before(next):
			return c.ended, next
		}
	} else if now.Before(c.notUntil) {
		return nil, time.Time{}
	}
	c.looks = append(c.looks, now)
	c.news.begin(now)
	c.done.Go(func() { c.query(now) })
	if len(c.looks) == c.mostLooks {
		return c.ended, time.Time{}
	}
	return c.ended, now.Add(c.patient())
}

// patient is how long a query may take before another begins beside it: half as long again
// as usual, and refresh at least. Where each takes longer than refresh, two at a time would
// only take turns.
func (c *Cache) patient() time.Duration { return max(c.refresh, c.usual*3/2) }

// query reads a snapshot and puts its view in place.
func (c *Cache) query(began time.Time) {
	ctx, cancel := context.WithTimeout(c.ctx, c.timeout)
	defer cancel()
	s, err := c.store.Snapshot(ctx)

	c.placing.Lock()
	defer c.placing.Unlock()
	before := c.latest.Load()
	e, err := c.entry(s, err, began, before)

	c.mu.Lock()
	defer c.mu.Unlock()
	c.looks = slices.DeleteFunc(c.looks, began.Equal)
	defer func() { close(c.ended); c.ended = make(chan struct{}) }() // who waits finds the view in place
	c.usual = (3*c.usual + time.Since(began)) / 4
	if err != nil {
		pause := max(min(leastPause<<min(c.failures, 10), mostPause), c.refresh)
		c.failures++
		c.lastErr = err
		c.notUntil = time.Now().Add(pause)
		if c.ctx.Err() == nil {
			c.log.LogAttrs(ctx, slog.LevelError, "reading the results failed",
				slog.Any("error", err), slog.Int("failures", c.failures), slog.Duration("pause", pause))
		}
		return
	}
	c.failures, c.lastErr, c.notUntil, c.succeeded = 0, nil, c.rest(began), time.Now()
	if e == nil {
		c.log.LogAttrs(ctx, slog.LevelDebug, "results dropped: newer ones are shown", slog.Duration("took", time.Since(began).Round(time.Millisecond)))
		return
	}
	e.placedAt = time.Now()
	c.latest.Store(e)
	c.logRead(ctx, before, e)
}

// logRead tells of a query. Answers to readers have lines only where something
// is wrong: this is the work of the dashboard.
func (c *Cache) logRead(ctx context.Context, before, after *entry) {
	level, changed := slog.LevelDebug, before == nil || before.view.results.Tag != after.view.results.Tag
	if changed {
		level = slog.LevelInfo
	}
	c.log.LogAttrs(ctx, level, "results read",
		slog.Duration("took", time.Since(after.readAt).Round(time.Millisecond)), slog.Bool("changed", changed),
		slog.Int("bytes", after.view.results.Size()))
}

// entry returns the entry for a snapshot, or for the error of reading it. It is nil where
// what is shown is newer.
func (c *Cache) entry(s *snapshot.Snapshot, err error, began time.Time, before *entry) (*entry, error) {
	empty := false
	if errors.Is(err, snapshot.ErrNoTables) && (before == nil || before.empty) {
		// Nothing has been counted. Tables that vanish later are a failure.
		s, err, empty = &snapshot.Snapshot{}, nil, true
	}
	if err != nil {
		return nil, err
	}
	var known *View
	if before != nil {
		if before.newer(s, began) {
			return nil, nil
		}
		known = before.view
	}
	v, err := c.publisher.view(s, began, known)
	if err != nil {
		return nil, err
	}
	return &entry{
		view: v, snapshot: s, empty: empty, readAt: began,
		stale: sync.OnceValues(func() (*View, error) { return c.publisher.stale(v, began, time.Now()) }),
	}, nil
}

// newer reports whether an entry is newer than a snapshot whose query began at a time. Of
// two queries of which one had ended when the other began, the later is right, even if its
// figures are lower: the tables may have been made anew. Of two that overlapped, either may
// have read first, so the figures decide too.
func (e *entry) newer(s *snapshot.Snapshot, began time.Time) bool {
	return began.Before(e.readAt) || began.Before(e.placedAt) && s.Behind(e.snapshot)
}
