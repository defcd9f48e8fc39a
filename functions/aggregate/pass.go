package aggregate

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/tallystream/tallystream/shared/drain"
)

// plan returns the pass over what a poll found. If more is new than a pass takes,
// the pass has a bound on the ingest time.
func (a *aggregator) plan(ctx context.Context, found findings, state []Partition) (Pass, error) {
	p := newPass(a.now(), found)
	records := unsettled(found, state)
	if records <= a.most {
		return p, nil
	}
	until, err := a.warehouse.Portion(ctx, found.floor, a.most)
	if err != nil {
		return p, fmt.Errorf("bound a pass over %d records: %w", records, err)
	}
	p.Until = until
	return p, nil
}

// newPass returns a pass with the lower bounds of what a poll found.
func newPass(started time.Time, found findings) Pass {
	p := Pass{Started: started, Floor: found.floor, VotesFrom: math.MaxInt64, VotersFrom: math.MaxInt64, RejectsFrom: math.MaxInt64}
	for _, f := range found.fresh {
		switch f.Source {
		case "votes":
			p.VotesFrom = min(p.VotesFrom, f.FromOffset)
		case "voters":
			p.VotersFrom = min(p.VotersFrom, f.FromOffset)
		case "rejects":
			p.RejectsFrom = min(p.RejectsFrom, f.FromOffset)
		}
	}
	return p
}

// run runs a pass, adds it to the summary and returns the progress after it. After a
// conflict it waits for about as long as a short pass takes, and returns what the other
// pass has left.
func (a *aggregator) run(ctx context.Context, p Pass, state []Partition, s *drain.AggregateSummary) ([]Partition, error) {
	next, err := a.warehouse.Pass(ctx, p)
	conflict := errors.Is(err, ErrConflict)
	if conflict {
		s.Conflicts++
		if err := a.wait(ctx, betweenTries); err != nil {
			return nil, err
		}
		if next, err = a.warehouse.Progress(ctx); err != nil {
			return nil, fmt.Errorf("read core.progress: %w", err)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("pass: %w", err)
	}
	if !conflict {
		settled := advance(state, next)
		s.Passes++
		s.Records += settled
		// A pass that settled nothing counts as caught up, whatever the poll found:
		// otherwise it would be repeated at once.
		s.CaughtUp = settled == 0
	}
	s.Waiting, s.Unbalanced = waiting(next), unbalanced(next)
	return next, nil
}
