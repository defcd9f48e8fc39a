package javascript

import (
	"runtime/metrics"
	"sync"
	"time"

	"github.com/dop251/goja"
)

// watch are the calls under way. One goroutine looks after them while there are any.
var watch struct {
	sync.Mutex
	calls   map[*goja.Runtime]time.Time // when each began
	heap    uint64                      // when the first began
	running bool
}

// guard holds a call to the limits of time and memory until what it returns is called.
func guard(r *goja.Runtime) (done func()) {
	watch.Lock()
	defer watch.Unlock()
	if watch.calls == nil {
		watch.calls = map[*goja.Runtime]time.Time{}
	}
	watch.calls[r] = time.Now()
	if !watch.running {
		watch.running, watch.heap = true, 0
		go look()
	}
	return func() {
		watch.Lock()
		defer watch.Unlock()
		delete(watch.calls, r)
		r.ClearInterrupt()
	}
}

// look interrupts calls that exceed a limit, and ends when none has run for a while.
func look() {
	tick := time.NewTicker(checkEvery)
	defer tick.Stop()
	for now := range tick.C {
		heap := heapBytes()
		watch.Lock()
		if len(watch.calls) == 0 {
			watch.running = false
			watch.Unlock()
			return
		}
		if watch.heap == 0 || heap < watch.heap {
			watch.heap = heap
		}
		for r, began := range watch.calls {
			switch {
			case heap > watch.heap+maxHeap:
				r.Interrupt("UDF out of memory")
			case now.Sub(began) > maxTime:
				r.Interrupt("UDF timed out")
			}
		}
		watch.Unlock()
	}
}

// heapBytes is the size of the objects on the heap.
func heapBytes() uint64 {
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}
