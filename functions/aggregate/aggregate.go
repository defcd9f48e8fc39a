// Package aggregate is the function that turns raw records into results.
//
// It runs passes. A pass is one script of GoogleSQL in one transaction: it
// takes the records above the settled offsets, decides which vote of each voter
// counts, counts the touched windows again and replaces them, refreshes the
// analytics tables, and settles the offsets. It never adds to a counter: a pass
// that is repeated, overtaken or killed changes nothing.
//
// The SQL stands in sql/, one file a statement; script.go puts the files in
// order. This package holds no figures: whatever a pass needs to know of the
// one before it reads from core.progress.
package aggregate

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/tallystream/tallystream/shared/drain"
	"github.com/tallystream/tallystream/shared/kafka"
)

// A Warehouse is where passes run.
type Warehouse interface {
	// Progress returns what the passes so far have settled, by partition.
	Progress(ctx context.Context) ([]Partition, error)

	// Fresh counts the records above the settled offsets among the rows ingested
	// at floor or after, by partition and source. It is the one query that a
	// quiet system pays for.
	Fresh(ctx context.Context, floor time.Time) ([]Fresh, error)

	// Portion returns the ingest time before which a pass has to stop that is to
	// take at most so many new records of those ingested at floor or after; zero
	// where it may take all. Records of one second go together; those that fill
	// holes in the offsets come on top.
	Portion(ctx context.Context, floor time.Time, most int64) (time.Time, error)

	// Pass runs one pass and returns the progress after it. It takes effect
	// whole or not at all; readers see all of it or nothing. Where another pass
	// came between, the error is ErrConflict and nothing happened.
	Pass(ctx context.Context, p Pass) ([]Partition, error)
}

// ErrConflict says that two passes overlapped, and that this one gave way.
var ErrConflict = errors.New("another pass ran at the same time")

// A Partition is the state of one partition, a row of core.progress.
type Partition struct {
	kafka.TopicPartition
	NextOffset     int64     `bigquery:"next_offset"`
	RecordsAbove   int64     `bigquery:"records_above"`
	IngestFloor    time.Time `bigquery:"ingest_floor"`
	LastIngestedAt time.Time `bigquery:"last_ingested_at"`
	UpdatedAt      time.Time `bigquery:"updated_at"` // start of the last pass that changed it
	Unbalanced     bool      `bigquery:"unbalanced"` // records aren't accepted + duplicate + rejected + pending
}

// Fresh tells of the records of one partition above its settled offset. Source
// is votes, voters or rejects: the raw table they stand in.
type Fresh struct {
	kafka.TopicPartition
	Source     string `bigquery:"source"`
	Records    int64  `bigquery:"records"`
	FromOffset int64  `bigquery:"from_offset"`
}

// A Pass is what one pass may look at. The bounds only prune: a row below one
// of them is settled, or is met by a later pass.
type Pass struct {
	Started time.Time // becomes updated_at of what changes
	Floor   time.Time // least ingest time
	Until   time.Time // ingest times are before it; zero is no bound
	// Least offsets, of any partition, by source; math.MaxInt64 where there is
	// nothing to read.
	VotesFrom, VotersFrom, RejectsFrom int64
}

// Overlap is how far below the newest row a pass begins to look: longer than an
// append can take between its stamp and its appearance. A row that comes later
// still leaves a hole in the offsets, which the search for it then finds.
const Overlap = time.Hour

// MostRecords is how many new records a pass takes at most (see Portion). It takes
// them in the order of ingest, as if it had run when the last of them came, and
// leaves the rest to the next: so that no backlog makes a pass longer than the
// platform lets it run.
const MostRecords = 5_000_000

// aggregator runs passes.
type aggregator struct {
	warehouse Warehouse
	interval  time.Duration // least time from the start of a look to the next; see drain
	most      int64         // new records that a pass takes
	now       func() time.Time
	closing   <-chan struct{} // closed when no more passes are to begin

	search search
}

// drain runs passes one after another until the end of time, until it has
// caught up, or until the stage is closed. A pass that has begun by then is
// finished: only the end of ctx stops it.
//
// Each look, and the pass after it, begins Interval after the one before, also
// where that was another drain's: what passes cost is a matter of how many there
// are. A drain that is to catch up doesn't wait, nor does one after a pass that
// has left records to the next.
func (a *aggregator) drain(ctx context.Context, until drain.Until, end time.Time) (s drain.AggregateSummary, err error) {
	started := a.now()
	defer func() { s.Seconds = a.now().Sub(started).Seconds() }()

	state, err := a.warehouse.Progress(ctx)
	if err != nil {
		return s, fmt.Errorf("read core.progress: %w", err)
	}
	s.Waiting, s.Unbalanced = waiting(state), unbalanced(state)
	due := a.due(state)
	for {
		if until != drain.CaughtUp {
			if err := a.wait(ctx, min(due.Sub(a.now()), end.Sub(a.now()))); err != nil {
				return s, err
			}
			if a.now().Before(due) {
				return s, nil
			}
		}
		due = a.now().Add(a.interval)
		floor := a.search.floor(state, a.now())
		fresh, err := a.look(ctx, floor, state)
		if err != nil {
			return s, err
		}
		s.Looks++
		if fresh == nil && a.search.everything(a.now()) {
			floor = beginning
			if fresh, err = a.look(ctx, floor, state); err != nil {
				return s, err
			}
			s.Looks++
		}
		if s.CaughtUp = fresh == nil; !s.CaughtUp {
			p := newPass(a.now(), floor, fresh)
			if p.Until, err = a.portion(ctx, floor, fresh, state); err != nil {
				return s, err
			}
			if !p.Until.IsZero() {
				due = a.now()
			}
			if err := a.pass(ctx, p, &state, &s); err != nil {
				return s, err
			}
		}
		if s.CaughtUp && until == drain.CaughtUp || !a.now().Before(end) || a.isClosing() {
			return s, nil
		}
	}
}

// look finds what is new, or nil.
func (a *aggregator) look(ctx context.Context, floor time.Time, state []Partition) ([]Fresh, error) {
	fresh, err := a.warehouse.Fresh(ctx, floor)
	if err != nil {
		return nil, fmt.Errorf("look for new records: %w", err)
	}
	if !anythingNew(fresh, state) {
		return nil, nil
	}
	return fresh, nil
}

// portion bounds a pass where more is new than it may take.
func (a *aggregator) portion(ctx context.Context, floor time.Time, fresh []Fresh, state []Partition) (time.Time, error) {
	records := -waiting(state)
	for _, f := range fresh {
		records += f.Records
	}
	if records <= a.most {
		return time.Time{}, nil
	}
	until, err := a.warehouse.Portion(ctx, floor, a.most)
	if err != nil {
		return until, fmt.Errorf("bound a pass over %d records: %w", records, err)
	}
	return until, nil
}

// pass runs a pass and brings state up to date.
func (a *aggregator) pass(ctx context.Context, p Pass, state *[]Partition, s *drain.AggregateSummary) error {
	next, err := a.warehouse.Pass(ctx, p)
	conflict := errors.Is(err, ErrConflict)
	if conflict {
		s.Conflicts++
		if next, err = a.warehouse.Progress(ctx); err != nil {
			return fmt.Errorf("read core.progress: %w", err)
		}
	}
	if err != nil {
		return fmt.Errorf("pass: %w", err)
	}
	settled := advance(*state, next)
	if !conflict {
		s.Passes++
		s.Records += settled
		// A pass that found nothing to do is as good as no news: it isn't
		// repeated at once, whatever made it look like news.
		s.CaughtUp = settled == 0
	}
	*state = next
	s.Waiting, s.Unbalanced = waiting(next), unbalanced(next)
	return nil
}

// due is when the first look of a drain may begin: Interval after the last pass.
func (a *aggregator) due(state []Partition) time.Time {
	var last time.Time
	for _, p := range state {
		if p.UpdatedAt.After(last) {
			last = p.UpdatedAt
		}
	}
	due := last.Add(a.interval)
	if latest := a.now().Add(a.interval); due.After(latest) {
		return latest // another machine's clock is ahead
	}
	return due
}

// newPass bounds a pass by what the look before it found.
func newPass(started, floor time.Time, fresh []Fresh) Pass {
	p := Pass{Started: started, Floor: floor, VotesFrom: math.MaxInt64, VotersFrom: math.MaxInt64, RejectsFrom: math.MaxInt64}
	for _, f := range fresh {
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

// anythingNew reports whether a partition has other records above its settled
// offset than those that were there after the last pass.
func anythingNew(fresh []Fresh, state []Partition) bool {
	known := map[kafka.TopicPartition]int64{}
	for _, p := range state {
		known[p.TopicPartition] = p.RecordsAbove
	}
	found := map[kafka.TopicPartition]int64{}
	for _, f := range fresh {
		found[f.TopicPartition] += f.Records
	}
	for key, records := range found {
		if records != known[key] {
			return true
		}
	}
	return false
}

// advance counts the offsets that a pass settled and the records it found above
// them.
func advance(before, after []Partition) int64 {
	old := map[kafka.TopicPartition]Partition{}
	for _, p := range before {
		old[p.TopicPartition] = p
	}
	var n int64
	for _, p := range after {
		o := old[p.TopicPartition]
		n += p.NextOffset - o.NextOffset + p.RecordsAbove - o.RecordsAbove
	}
	return n
}

func waiting(state []Partition) (n int64) {
	for _, p := range state {
		n += p.RecordsAbove
	}
	return n
}

func unbalanced(state []Partition) (n int) {
	for _, p := range state {
		if p.Unbalanced {
			n++
		}
	}
	return n
}

// wait waits for a time, or until the stage is closed.
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
