package torture

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// runTrial runs one trial. Faults happen while run runs; then the stages recover,
// and the tables are compared with the ledger. A trial that ends with ctx says that it was stopped.
func (h *Harness) runTrial(ctx context.Context, name string, s setup, run func(context.Context, *trial) error) (r Result) {
	begun, whole := time.Now(), ctx
	r.Name = name
	defer func() {
		r.Took = time.Since(begun)
		r.Stopped = r.Err != nil && whole.Err() != nil
	}()
	var p *place
	select {
	case p = <-h.free:
		defer func() { h.free <- p }()
	case <-ctx.Done():
		r.Err = ctx.Err()
		return r
	}
	ctx, cancel := context.WithTimeout(ctx, trialTime)
	defer cancel()
	t, err := p.newTrial(ctx, s)
	if err != nil {
		r.Err = fmt.Errorf("set up: %w", err)
		return r
	}
	defer t.close()
	r.Err = run(ctx, t)
	r.Fired, r.Moves = t.in.Fired(), t.fixture.kafka.moved()
	if r.Err == nil {
		r.Err = t.recover(ctx)
	}
	r.Live = t.live
	if err := t.place.Err(); err != nil {
		r.Err = err
	}
	if r.Err != nil {
		r.Log = t.logs.String()
	}
	if r.Err == nil {
		r.Differences, r.Err = t.differences(ctx)
	}
	if r.Err == nil && (s.audited || h.Thorough) {
		r.Audited = true
		r.Findings, r.Err = t.audit(ctx)
	}
	return r
}

// trialTime bounds a trial.
const trialTime = 4 * time.Minute

// each calls f for all items, so many of them at a time, and for no further one once ctx is done.
func each[T any](ctx context.Context, concurrency int, items []T, f func(T)) {
	var wg sync.WaitGroup
	next := make(chan T)
	for range concurrency {
		wg.Go(func() {
			for item := range next {
				f(item)
			}
		})
	}
	for _, item := range items {
		if ctx.Err() != nil {
			break
		}
		next <- item
	}
	close(next)
	wg.Wait()
}
