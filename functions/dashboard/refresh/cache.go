// Package refresh keeps what is served up to date. Requests go in, however many; at
// most one query per refresh goes to the store, and a View comes out, which has every
// document of one publication, each made once.
package refresh

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
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
// the first request that finds the view older than refresh, and only one runs
// at a time. While nobody asks, nothing is queried. How old an answer can be:
//
//   - Up to refresh: served as it is.
//   - Up to maxAge: served as it is, while the next query runs in the
//     background. So somebody who asks all the time gets answers no older than
//     refresh plus the time of a query, and never waits.
//   - Beyond: the request waits for the query. Where that fails or takes
//     longer than patience, the old view is served, marked as stale.
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

	mu       sync.Mutex
	flight   chan struct{} // closed when the running query ends; nil if none runs
	failures int           // since the last success
	lastErr  error
	notUntil time.Time // when the next query may start after a failure
}

// entry is a view and when it was read.
type entry struct {
	view   *View
	empty  bool // made because there are no tables yet
	readAt time.Time
	// stale makes the same view, marked as old, on first use.
	stale func() (*View, error)
}

// patience is how long a request waits for a query: less than browsers and
// load balancers do.
const patience = 10 * time.Second

// ErrUnavailable is the answer when nothing was ever read.
var ErrUnavailable = errors.New("the results can't be read at the moment")

// New returns a cache over a store. It publishes what it reads by rules, and as pages. A
// query takes timeout at most.
func New(rules results.Rules, pages page.Renderer, store snapshot.Store, timeout time.Duration, log *slog.Logger) *Cache {
	ctx, cancel := context.WithCancel(context.Background())
	return &Cache{
		store: store, publisher: &publisher{rules: rules, pages: pages}, log: log,
		refresh: rules.Refresh, maxAge: rules.MaxAge, timeout: timeout,
		ctx: ctx, cancel: cancel,
	}
}

// Close stops a running query and waits for its end.
func (c *Cache) Close() {
	c.mu.Lock() // no query starts between the two
	c.cancel()
	c.mu.Unlock()
	c.done.Wait()
}

// Get returns the view to serve.
func (c *Cache) Get(ctx context.Context) (*View, error) {
	e := c.latest.Load()
	if e != nil {
		age := time.Since(e.readAt)
		if age <= c.refresh {
			return e.view, nil
		}
		if age <= c.maxAge {
			c.start()
			return e.view, nil
		}
	}
	c.await(ctx, c.start())
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
		c.await(ctx, c.start())
	}
	return c.Get(ctx)
}

// await waits for a query to end, but not longer than patience.
func (c *Cache) await(ctx context.Context, flight <-chan struct{}) {
	if flight == nil {
		return
	}
	limit := time.NewTimer(patience)
	defer limit.Stop()
	select {
	case <-flight:
	case <-limit.C:
	case <-ctx.Done():
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
		return fmt.Errorf("%w: the first query has taken longer than %v", ErrUnavailable, patience)
	}
}

// start starts a query unless one runs, the view is fresh, or the pause after
// a failure isn't over. It returns the running query's end, or nil.
func (c *Cache) start() <-chan struct{} {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := time.Now()
	switch e := c.latest.Load(); {
	case c.flight != nil:
		return c.flight
	case now.Before(c.notUntil), c.ctx.Err() != nil:
		return nil
	case e != nil && now.Sub(e.readAt) <= c.refresh:
		return nil // another request was faster
	}
	flight := make(chan struct{})
	c.flight = flight
	c.done.Go(func() {
		defer close(flight)
		c.query(now)
	})
	return flight
}

// query reads a snapshot and puts its view in place.
func (c *Cache) query(readAt time.Time) {
	ctx, cancel := context.WithTimeout(c.ctx, c.timeout)
	defer cancel()
	e, err := c.read(ctx, readAt)

	c.mu.Lock()
	defer c.mu.Unlock()
	c.flight = nil
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
	c.failures, c.lastErr, c.notUntil = 0, nil, time.Time{}
	c.logRead(ctx, c.latest.Swap(e), e)
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

// read returns the entry for what the store holds now.
func (c *Cache) read(ctx context.Context, readAt time.Time) (*entry, error) {
	before := c.latest.Load()
	s, err := c.store.Snapshot(ctx)
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
		known = before.view
	}
	v, err := c.publisher.view(s, readAt, known)
	if err != nil {
		return nil, err
	}
	return &entry{
		view:   v,
		empty:  empty,
		readAt: readAt,
		stale:  sync.OnceValues(func() (*View, error) { return c.publisher.stale(v, readAt, time.Now()) }),
	}, nil
}
