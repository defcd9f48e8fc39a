package function

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"time"
)

// ErrClosing refuses work that begins after Close. A caller finds another
// instance when it calls again.
var ErrClosing error = &RequestError{http.StatusServiceUnavailable, "this instance is shutting down: call again"}

// cutOff is how long before the end of Close's time the work that is left is
// cut off: it needs a moment to answer.
const cutOff = time.Second

// Work counts what is under way, such as the requests of a stage, and ends it.
type Work struct {
	closing chan struct{} // closed by the first Close
	life    context.Context
	cut     context.CancelFunc

	mu      sync.Mutex
	closed  bool
	running int
	idle    chan struct{} // closed once closed and nothing is running
}

// NewWork returns a Work with nothing under way.
func NewWork() *Work {
	w := &Work{closing: make(chan struct{}), idle: make(chan struct{})}
	w.life, w.cut = context.WithCancel(context.Background())
	return w
}

// Enter registers a piece of work; done has to be called once, in the end. The
// error is ErrClosing.
func (w *Work) Enter() (done func(), err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return nil, ErrClosing
	}
	w.running++
	return w.leave, nil
}

func (w *Work) leave() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.running--; w.closed && w.running == 0 {
		close(w.idle)
	}
}

// Begin is Enter for work that can be cut off: the returned context ends then,
// or with ctx.
func (w *Work) Begin(ctx context.Context) (_ context.Context, done func(), err error) {
	leave, err := w.Enter()
	if err != nil {
		return nil, nil, err
	}
	ctx, cancel := context.WithCancel(ctx)
	stop := context.AfterFunc(w.life, cancel)
	return ctx, func() {
		stop()
		cancel()
		leave()
	}, nil
}

// Closing is closed when Close is called: what is under way ends at its next
// safe point.
func (w *Work) Closing() <-chan struct{} { return w.closing }

// Close lets nothing more begin and waits until nothing is under way. One second
// before ctx's deadline, or when ctx ends, it cuts off what is left. The error
// says how much of it hadn't ended when ctx did.
func (w *Work) Close(ctx context.Context) error {
	w.mu.Lock()
	if !w.closed {
		w.closed = true
		close(w.closing)
		if w.running == 0 {
			close(w.idle)
		}
	}
	w.mu.Unlock()
	if end, ok := ctx.Deadline(); ok {
		defer time.AfterFunc(time.Until(end)-cutOff, w.cut).Stop()
	}
	defer w.cut()
	select {
	case <-w.idle:
		return nil
	case <-ctx.Done():
	}
	select {
	case <-w.idle: // at the last moment
		return nil
	default:
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	return fmt.Errorf("%d of its requests were cut off: %w", w.running, ctx.Err())
}
