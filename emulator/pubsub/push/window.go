package push

import "sync"

// window is how many pushes of a subscription may be outstanding. Like the service's, it
// starts small, doubles while pushes succeed, and shrinks when the endpoint fails. A few
// failures among many successes don't shrink it.
type window struct {
	mu              sync.Mutex
	size, max       int
	succeeded, fail int // since the size last changed
}

func newWindow(limit int) *window { return &window{size: min(minWindow, limit), max: limit} }

// observe counts a finished push and returns the size now.
func (w *window) observe(ok bool) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	if ok {
		w.succeeded++
	} else {
		w.fail++
	}
	if n := w.succeeded + w.fail; n < w.size {
		return w.size
	}
	// A window's worth of pushes has ended.
	const tolerated = 10 // one failure in as many pushes
	if w.fail*tolerated > w.succeeded+w.fail {
		w.size = max(w.size/2, min(minWindow, w.max))
	} else {
		w.size = min(w.size*2, w.max)
	}
	w.succeeded, w.fail = 0, 0
	return w.size
}
