package duck

import (
	"bytes"
	"context"
	"errors"
	"os"
	"strconv"
	"sync"
	"time"
)

// ErrContain ends a read while the process takes more memory than all limits allow together: DuckDB holds the result of a
// query outside of its own limit. Which query's it is can't be told, so that it ends all; ReadContained takes the
// others, within DuckDB's limit.
var ErrContain = errors.New("the results of queries take too much memory")

// guard watches the memory of the process while queries run.
type guard struct {
	limit int64 // bytes

	mu       sync.Mutex
	running  map[*watched]bool
	watching bool
}

// watched is a query that runs.
type watched struct{ stop context.CancelCauseFunc }

// every is how often the memory is looked at. Results grow by some GB a second.
const every = 25 * time.Millisecond

// watch returns a context that ends with ErrContain as its cause if the memory gets too much before
// done is called. stop lets go of it.
func (g *guard) watch(ctx context.Context) (watching context.Context, done, stop func()) {
	w := &watched{}
	watching, w.stop = context.WithCancelCause(ctx)
	g.mu.Lock()
	defer g.mu.Unlock()
	g.running[w] = true
	if !g.watching {
		g.watching = true
		go g.look()
	}
	done = func() {
		g.mu.Lock()
		defer g.mu.Unlock()
		delete(g.running, w)
	}
	return watching, done, func() { done(); w.stop(nil) }
}

// look looks at the memory until no query runs.
func (g *guard) look() {
	ticks := time.NewTicker(every)
	defer ticks.Stop()
	for range ticks.C {
		tooMuch := resident() > g.limit
		g.mu.Lock()
		if len(g.running) == 0 {
			g.watching = false
			g.mu.Unlock()
			return
		}
		for w := range g.running {
			if tooMuch {
				w.stop(ErrContain)
			}
		}
		g.mu.Unlock()
	}
}

// resident is the memory of the process in bytes; 0 where there is no /proc, and nothing watches it.
func resident() int64 {
	statm, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return 0
	}
	fields := bytes.Fields(statm)
	if len(fields) < 2 {
		return 0
	}
	pages, _ := strconv.ParseInt(string(fields[1]), 10, 64) // the kernel writes a number
	return pages * int64(os.Getpagesize())
}
