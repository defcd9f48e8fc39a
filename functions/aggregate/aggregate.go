// Package aggregate is the function that turns raw records into results.
//
// It runs passes. A pass is one transaction of SQL. It takes the
// records above the settled offsets, decides which vote of each voter counts, counts
// the touched windows again and replaces them, refreshes the analytics tables, and
// settles the offsets. A pass that is repeated, overtaken or killed changes nothing.
//
// On PostgreSQL a pass adds to the touched windows what it changes, instead of counting
// them again: its cost doesn't grow with what is held. A rebuild counts again.
//
// The SQL is in sql/, one statement a file: sql/bigquery/ and sql/postgres/ have those that one
// warehouse has in its own way, under the same names. steps.go puts the statements in order. A
// file with {{ }} is a template: of a statement that is for both warehouses, that runs for several
// tables, or that others are put into.
// The package keeps no figures: what a pass must know of the one before is in
// core.progress.
//
//	handler.go    a request and its summary
//	aggregate.go  a drain: poll, pass, wait
//	poll.go       whether anything is new
//	pass.go       one pass over what is new
//	shown_step.go shown votes that move between passes
//	live.go       what is new, for readers, before a pass has settled it
//	progress.go   what the passes have settled
//	warehouse.go  where passes run: bigquery.go and postgres.go
//	steps.go      the statements of a pass and of a rebuild, in order
//	dialect.go    their SQL; script.go and postgres_run.go run it
//	rebuild.go    passes that begin with nothing settled, or a range of it
package aggregate

import (
	"context"
	"fmt"
	"time"

	"github.com/tallystream/tallystream/shared/drain"
)

// An aggregator drains raw: it polls for new records, runs a pass over them, and
// waits until the next poll is due.
type aggregator struct {
	warehouse Warehouse
	poller    *poller
	interval  time.Duration // least time from the start of a pass to the next; see drain
	between   time.Duration // least time from the start of a step of the shown votes to the next; 0 is no steps
	most      int64         // new records that a pass takes
	live      int64         // unsettled records that readers see
	idle      drain.Idle    // when a drain that finds nothing new ends before its time
	now       func() time.Time
	closing   <-chan struct{} // closed when no more passes are to begin
}

// newAggregator returns an aggregator over a warehouse. A nil closing is never closed.
func newAggregator(w Warehouse, interval time.Duration, most int64, now func() time.Time, closing <-chan struct{}) *aggregator {
	return &aggregator{
		warehouse: w,
		poller:    &poller{warehouse: w, now: now},
		interval:  interval,
		most:      most,
		live:      most,
		now:       now,
		closing:   closing,
	}
}

// drain runs passes one after another until end, until it has caught up, until there is
// nothing to wait for (see drain.Idle), or until the stage is closed. A pass that has
// begun by then is finished, unless ctx ends.
//
// A pass begins one interval after the one before, also if that was another drain's:
// each pass costs money. Between passes the shown votes are moved, a step after the one
// before. A drain that is to catch up doesn't wait, nor does one after a pass that left
// records to the next, or where more records are unsettled than readers see.
func (a *aggregator) drain(ctx context.Context, until drain.Until, end time.Time) (s drain.AggregateSummary, err error) {
	started := a.now()
	defer func() { s.Seconds = a.now().Sub(started).Seconds() }()

	state, err := a.warehouse.Progress(ctx)
	if err != nil {
		return s, fmt.Errorf("read core.progress: %w", err)
	}
	s.Waiting, s.Unbalanced = waiting(state), unbalanced(state)
	passDue := a.due(state)
	pollDue := a.firstPoll(passDue)
	var stepped []Fresh // what the last step was by
	settles := true     // whether the last pass has settled anything
	for {
		if until != drain.CaughtUp {
			if isDue, err := a.waitUntil(ctx, pollDue, end); err != nil || !isDue {
				return s, err
			}
		}
		begun := a.now()
		pollDue = begun.Add(a.pace())
		found, err := a.poller.poll(ctx, state, &s.Looks)
		if err != nil {
			return s, err
		}
		switch s.CaughtUp = found.fresh == nil; {
		case s.CaughtUp:
		case until == drain.CaughtUp || !begun.Before(passDue) || settles && unsettled(found, state) > a.live:
			p, err := a.plan(ctx, found, state)
			if err != nil {
				return s, err
			}
			if passDue = begun.Add(a.interval); !p.Until.IsZero() {
				passDue = a.now()
				pollDue = passDue
			}
			if state, err = a.run(ctx, p, state, &s); err != nil {
				return s, err
			}
			settles = !s.CaughtUp
		default:
			if stepped, err = a.stepShown(ctx, found, state, stepped, &s); err != nil {
				return s, err
			}
		}
		if s.CaughtUp && until == drain.CaughtUp || !a.now().Before(end) || a.isClosing() {
			return s, nil
		}
		if s.CaughtUp && a.rests(state) {
			s.Idle = true
			return s, nil
		}
	}
}

// rests reports whether a drain that finds nothing new ends before its time: nobody votes,
// and no pass has changed anything for IDLE_SECONDS.
func (a *aggregator) rests(state []Partition) bool {
	since, may := a.idle.MayRest(a.now())
	return may && lastPass(state).Before(since)
}

// pace returns the least time from the start of a poll to the next.
func (a *aggregator) pace() time.Duration {
	if a.between > 0 {
		return min(a.between, a.interval)
	}
	return a.interval
}

// firstPoll returns when a drain polls for the first time: at once where it may step
// before its first pass.
func (a *aggregator) firstPoll(passDue time.Time) time.Time {
	if soon := a.now().Add(a.pace()); a.between > 0 && soon.Before(passDue) {
		return soon
	}
	return passDue
}

// due returns when the first pass of a drain may begin: one interval after the last
// pass, whichever drain ran it.
func (a *aggregator) due(state []Partition) time.Time {
	due := lastPass(state).Add(a.interval)
	if latest := a.now().Add(a.interval); due.After(latest) {
		return latest // the clock of the machine that ran it is ahead
	}
	return due
}

// waitUntil waits until due, until end, or until the stage is closed, whichever is
// first. It reports whether due has come.
func (a *aggregator) waitUntil(ctx context.Context, due, end time.Time) (bool, error) {
	if err := a.wait(ctx, min(due.Sub(a.now()), end.Sub(a.now()))); err != nil {
		return false, err
	}
	return !a.now().Before(due), nil
}

// wait waits for a time, or until the stage is closed. The error is that of ctx.
func (a *aggregator) wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-a.closing:
	case <-timer.C:
	}
	return nil
}

// isClosing reports whether no more passes are to begin.
func (a *aggregator) isClosing() bool {
	select {
	case <-a.closing:
		return true
	default:
		return false
	}
}
