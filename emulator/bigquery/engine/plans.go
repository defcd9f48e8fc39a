package engine

import (
	"container/list"
	"fmt"
	"strings"
	"sync"

	"github.com/tallystream/tallystream/emulator/bigquery/resolved"
	"github.com/tallystream/tallystream/emulator/bigquery/translate"
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

// plan translates a statement, or finds its plan if nothing that it depends
// on has changed.
func (r *run) plan(sql string) (*translate.Plan, error) {
	key := r.planKey(sql)
	if p, ok := r.engine.plans.get(key); ok && r.names.valid(p) {
		return p, nil
	}
	var p *translate.Plan
	var err error
	for again := true; again; {
		r.names.seen = seen{}
		p, err = translate.Statement(r.engine.analyzer, &resolved.Request{
			SQL: sql, Positional: r.params.positional, Parameters: r.params.types, Variables: r.variableTypes(), Functions: r.functions,
			Resolve: r.names.source, In: r.names.in,
		})
		again = r.engine.refresh(r.names.seen, maxViewDepth)
	}
	if err != nil {
		return nil, err
	}
	r.engine.plans.put(key, p)
	return p, nil
}

// planKey is what a plan depends on but for the tables it names.
func (r *run) planKey(sql string) string {
	var b strings.Builder
	for _, s := range []string{sql, r.params.key, r.names.project, r.names.defaultProject, r.names.defaultDataset} {
		b.WriteString(s)
		b.WriteByte(0)
	}
	for _, v := range r.variableTypes() {
		b.WriteString(v.Name + " " + v.Type.String() + "\x00")
	}
	for _, f := range r.functions {
		fmt.Fprintf(&b, "%s %s %s\x00", f.Name, f.Result, f.Body)
		for _, arg := range f.Arguments {
			fmt.Fprintf(&b, "%s %s\x00", arg.Name, arg.Type)
		}
	}
	return b.String()
}

// valid reports whether every table a plan names is what it was.
func (n *names) valid(p *translate.Plan) bool {
	for _, u := range p.Uses {
		resolve := n.source
		if u.Project != "" {
			resolve = n.in(u.Project)
		}
		s, err := resolve(u.Path)
		if err != nil || s.Fingerprint != u.Fingerprint {
			return false
		}
	}
	return true
}
