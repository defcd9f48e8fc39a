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
// new row may be below it. Its record is missing in the chain of its
// partition then. While a record is missing, the floor stays where it was, and after
// a long time all of raw is queried. No chain shows that the last rows of a partition
// are missing. For them all of raw is queried now and then, after a poll that found
// nothing.
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
	missingLong     = 15 * time.Minute // as soon as a record has been missing for this long,
	allWhileMissing = 5 * time.Minute  // then at intervals of this
	allWhileNone    = time.Hour        // at intervals of this while none is missing
	allWhileQuiet   = 24 * time.Hour   // at intervals of this, once nothing has come for so long
)

// overlap is the distance of the floor from the newest row, from the last poll that found
// nothing if that was later, or from the oldest row that waits for a missing record. An
// append takes less than that from the stamp of a row to its appearance. The record of a
// row that appears later is missing until then.
const overlap = time.Hour

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
	newest, waitingSince := time.Time{}, time.Time{}
	for _, s := range state {
		if s.LastIngestedAt.After(newest) {
			newest = s.LastIngestedAt
		}
		if s.RecordsAbove > 0 && (waitingSince.IsZero() || s.IngestFloor.Before(waitingSince)) {
			waitingSince = s.IngestFloor
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case newest.IsZero():
		p.allAt = now
		return beginning
	case waitingSince.IsZero() && p.quietAt.After(newest):
		return p.quietAt.Add(-overlap)
	case waitingSince.IsZero():
		return newest.Add(-overlap)
	case now.Sub(waitingSince) > missingLong && now.Sub(p.allAt) > allWhileMissing:
		p.allAt = now
		return beginning
	default:
		return waitingSince.Add(-overlap)
	}
}

// repeatAll reports whether to query all of raw again after a poll that found
// nothing. If so, it records now as the time of that query. last is when a pass last
// changed anything.
func (p *poller) repeatAll(now, last time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	every := allWhileNone
	if now.Sub(last) > allWhileQuiet {
		every = allWhileQuiet
	}
	if now.Sub(p.allAt) <= every {
		return false
	}
	p.allAt = now
	return true
}
