package refresh

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/tallystream/tallystream/functions/dashboard/snapshot"
)

// news is what happened since the last query began.
type news struct {
	began   time.Time     // when that was; the cache's mutex guards it
	asked   atomic.Bool   // somebody has asked
	waiting atomic.Bool   // tables have changed, and nobody had asked
	told    chan struct{} // receives after each change, see Cache.News
}

// begin is called when a query begins.
func (n *news) begin(now time.Time) {
	n.began = now
	n.asked.Store(false)
	n.waiting.Store(false)
}

// ask is called when somebody asks. There may be many thousands a second.
func (n *news) ask() {
	if !n.asked.Load() {
		n.asked.Store(true)
	}
}

// News receives after tables have changed, where the store can tell (snapshot.Waker). A
// query that was due has ended then. It is for one receiver.
func (c *Cache) News() <-chan struct{} { return c.news.told }

// watch acts on what a store tells, until the cache ends. If somebody has asked since the last
// query began, another one begins at once, but no sooner than refresh after that one, nor
// before the end of a rest: who asks all the time gets what is new as soon as it is there.
// Otherwise the next one who asks waits for a query. So there are no more queries than
// requests.
func (c *Cache) watch(store snapshot.Waker) {
	wake := store.Wake()
	for {
		select {
		case <-c.ctx.Done():
			return
		case <-wake:
		}
		if !c.awaitDue(store) {
			return
		}
		if c.news.asked.Load() {
			c.await(c.ctx)
		} else {
			c.news.waiting.Store(true)
		}
		select {
		case c.news.told <- struct{}{}:
		default:
		}
	}
}

// awaitDue waits until a query may begin. It reports whether the cache goes on.
func (c *Cache) awaitDue(store snapshot.Waker) bool {
	for {
		due := time.NewTimer(time.Until(c.due(store.PassAt())))
		select {
		case <-c.ctx.Done():
			due.Stop()
			return false
		case <-due.C:
			return true
		case <-store.Wake(): // a pass may have ended
			due.Stop()
		}
	}
}

// due is when the next query may begin. A pass that ends in a rest ends that: the next query
// finds settled what made the last one slow.
func (c *Cache) due(pass time.Time) time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.failures == 0 && pass.After(c.succeeded) {
		c.notUntil = time.Time{}
	}
	if due := c.news.began.Add(c.refresh + time.Nanosecond); due.After(c.notUntil) {
		return due
	}
	return c.notUntil
}

// rest is until when no query begins, after one that has just ended: zero unless the store
// tells of changes, and the query took much longer than refresh. Such a store shares its
// CPU with what counts. While a backlog is counted it is read half of the time at most, or
// once a pass.
func (c *Cache) rest(began time.Time) time.Time {
	if took := time.Since(began); c.mostLooks == 1 && took > slowQuery*c.refresh {
		return time.Now().Add(took)
	}
	return time.Time{}
}

// awaitNews starts a query, and waits for it if tables have changed, but not longer than
// newsPatience.
func (c *Cache) awaitNews(ctx context.Context) {
	if !c.news.waiting.Load() {
		c.start()
		return
	}
	ctx, cancel := context.WithTimeout(ctx, newsPatience)
	defer cancel()
	c.await(ctx)
}
