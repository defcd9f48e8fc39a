package aggregate

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// A poller asks whether raw has new records.
//
// It reads only the rows above a floor of ingest time. The floor makes a poll cheap
// and decides nothing: ingest times come from the clocks of several machines, so a
// new row may be below it. Such a row leaves a hole in the offsets of its partition.
// The floor stays where it was while there is a hole, and if the hole stays open for
// long, all of raw is queried. The last rows of a partition leave no hole. For them
// all of raw is queried now and then, after a poll that found nothing.
//
// While nothing comes the floor rises with the time of the last poll that found nothing.
// Otherwise each poll of a deployment that waits would read the last hour of a load of
// registrations again.
type poller struct {
	warehouse Warehouse
	now       func() time.Time

	mu      sync.Mutex
	allAt   time.Time // when all of raw was last queried
	quietAt time.Time // when the last poll began that found nothing
}

// When all of raw is queried.
const (
	oldHole       = 15 * time.Minute // as soon as a hole is this old,
	allWhileHole  = 5 * time.Minute  // then at intervals of this
	allWhileWhole = time.Hour        // at intervals of this while there is no hole
	allWhileQuiet = 24 * time.Hour   // at intervals of this, once nothing has come for so long
)

// Overlap is the distance of the floor from the newest row, from the last poll that found
// nothing if that was later, or from the oldest hole. An append takes less than that from the stamp of a row to its appearance. A row
// that appears later leaves a hole.
const Overlap = time.Hour

// beginning is before any ingest time. Every warehouse can hold it.
var beginning = time.Unix(0, 0).UTC()

// findings are what a poll found new; fresh is nil if nothing is.
type findings struct {
	floor time.Time // of ingest time, from which the poll read
	fresh []Fresh
}

// poll finds out what is new since state, and adds its queries to queries.
func (p *poller) poll(ctx context.Context, state []Partition, queries *int) (findings, error) {
	began := p.now()
	found, err := p.query(ctx, p.floor(state, began), state, queries)
	if err == nil && found.fresh == nil {
		p.quiet(began)
		if p.repeatAll(p.now(), lastPass(state)) {
			found, err = p.query(ctx, beginning, state, queries)
		}
	}
	return found, err
}

// quiet records when a poll began that found nothing.
func (p *poller) quiet(began time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.quietAt = began
}

// query asks for new records that were ingested at floor or after.
func (p *poller) query(ctx context.Context, floor time.Time, state []Partition, queries *int) (findings, error) {
	fresh, err := p.warehouse.Fresh(ctx, floor)
	if err != nil {
		return findings{}, fmt.Errorf("poll for new records: %w", err)
	}
	*queries++
	if !anythingNew(fresh, state) {
		fresh = nil
	}
	return findings{floor, fresh}, nil
}

// floor returns the least ingest time to query.
func (p *poller) floor(state []Partition, now time.Time) time.Time {
	newest, oldestHole := time.Time{}, time.Time{}
	for _, s := range state {
		if s.LastIngestedAt.After(newest) {
			newest = s.LastIngestedAt
		}
		if s.RecordsAbove > 0 && (oldestHole.IsZero() || s.IngestFloor.Before(oldestHole)) {
			oldestHole = s.IngestFloor
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case newest.IsZero():
		p.allAt = now
		return beginning
	case oldestHole.IsZero() && p.quietAt.After(newest):
		return p.quietAt.Add(-Overlap)
	case oldestHole.IsZero():
		return newest.Add(-Overlap)
	case now.Sub(oldestHole) > oldHole && now.Sub(p.allAt) > allWhileHole:
		p.allAt = now
		return beginning
	default:
		return oldestHole.Add(-Overlap)
	}
}

// repeatAll reports whether to query all of raw again after a poll that found
// nothing. If so, it records now as the time of that query. last is when a pass last
// changed anything.
func (p *poller) repeatAll(now, last time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	every := allWhileWhole
	if now.Sub(last) > allWhileQuiet {
		every = allWhileQuiet
	}
	if now.Sub(p.allAt) <= every {
		return false
	}
	p.allAt = now
	return true
}
