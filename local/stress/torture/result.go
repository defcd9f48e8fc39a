package torture

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/tallystream/tallystream/local/stress/faults"
)

// Result is what came of a trial.
type Result struct {
	Name        string
	Fired       []faults.Firing
	Moves       Moves
	Differences []string // from the ledger; none means right
	Audited     bool     // the verifier has looked too
	Findings    []string // of the verifier; none means right
	Err         error    // it didn't come to an end
	Took        time.Duration
	Log         string // of the functions, where it didn't come to an end
}

// Wrong reports whether the trial found a fault of the stages.
func (r *Result) Wrong() bool { return r.Err != nil || len(r.Differences)+len(r.Findings) > 0 }

// Wrongs are the differences and the findings.
func (r *Result) Wrongs() []string {
	wrongs := slices.Clone(r.Differences)
	for _, f := range r.Findings {
		wrongs = append(wrongs, "the verifier finds in "+f)
	}
	return wrongs
}

// hold holds one trial: its course under faults, the recovery, the comparison.
func (a *Arena) hold(ctx context.Context, name string, s setup, course func(context.Context, *trial) error) (r Result) {
	begun := time.Now()
	r.Name = name
	defer func() { r.Took = time.Since(begun) }()
	var l *lane
	select {
	case l = <-a.lanes:
		defer func() { a.lanes <- l }()
	case <-ctx.Done():
		r.Err = ctx.Err()
		return r
	}
	ctx, cancel := context.WithTimeout(ctx, trialTime)
	defer cancel()
	t, err := l.newTrial(ctx, s)
	if err != nil {
		r.Err = fmt.Errorf("set up: %w", err)
		return r
	}
	defer t.close()
	r.Err = course(ctx, t)
	r.Fired, r.Moves = t.in.Fired(), t.world.kafka.moved()
	if r.Err == nil {
		r.Err = t.recover(ctx)
	}
	if err := t.rest.Err(); err != nil {
		r.Err = err
	}
	if r.Err != nil {
		r.Log = t.logs.String()
	}
	if r.Err == nil {
		r.Differences, r.Err = t.differences(ctx)
	}
	if r.Err == nil && (s.audited || a.Thorough) {
		r.Audited = true
		r.Findings, r.Err = t.audit(ctx)
	}
	return r
}

// trialTime bounds a trial.
const trialTime = 4 * time.Minute

// each calls f for all items, as many at once as there are lanes.
func each[T any](items []T, f func(T)) {
	var wg sync.WaitGroup
	next := make(chan T)
	for range Lanes {
		wg.Go(func() {
			for item := range next {
				f(item)
			}
		})
	}
	for _, item := range items {
		next <- item
	}
	close(next)
	wg.Wait()
}
