package engine

import (
	"container/list"
	"sync"
)

// maxPlans bounds the cache of plans, and that of split scripts.
const maxPlans = 2000

// cache keeps the most recently used of what is costly to make.
type cache[T any] struct {
	mu      sync.Mutex
	most    int
	entries map[string]*list.Element
	recent  *list.List
}

type cacheEntry[T any] struct {
	key   string
	value T
}

func newCache[T any](most int) *cache[T] {
	return &cache[T]{most: most, entries: map[string]*list.Element{}, recent: list.New()}
}

func (c *cache[T]) get(key string) (value T, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e := c.entries[key]
	if e == nil {
		return value, false
	}
	c.recent.MoveToFront(e)
	return e.Value.(*cacheEntry[T]).value, true
}

func (c *cache[T]) put(key string, value T) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e := c.entries[key]; e != nil {
		e.Value.(*cacheEntry[T]).value = value
		return
	}
	c.entries[key] = c.recent.PushFront(&cacheEntry[T]{key, value})
	if c.recent.Len() > c.most {
		last := c.recent.Back()
		delete(c.entries, last.Value.(*cacheEntry[T]).key)
		c.recent.Remove(last)
	}
}
