package aggregate

import (
	"sync"
	"time"
)

// A search decides how far back a look goes. Ingest times only prune: they are
// read off several machines' clocks, so a row may turn up below the floor. It
// then leaves a hole in its partition's offsets, which holds the floor where it
// was; and when a hole doesn't close, everything is looked through for it.
type search struct {
	mu      sync.Mutex
	through time.Time // when everything was last looked through
}

const (
	patience     = 15 * time.Minute // age of a hole before everything is looked through
	throughEvery = 5 * time.Minute  // and how often then
)

// floor returns the least ingest time to look at.
func (s *search) floor(state []Partition, now time.Time) time.Time {
	newest, oldestHole := time.Time{}, time.Time{}
	for _, p := range state {
		if p.LastIngestedAt.After(newest) {
			newest = p.LastIngestedAt
		}
		if p.RecordsAbove > 0 && (oldestHole.IsZero() || p.IngestFloor.Before(oldestHole)) {
			oldestHole = p.IngestFloor
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case newest.IsZero():
		return beginning
	case oldestHole.IsZero():
		return newest.Add(-Overlap)
	case now.Sub(oldestHole) > patience && now.Sub(s.through) > throughEvery:
		s.through = now
		return beginning
	default:
		return oldestHole.Add(-Overlap)
	}
}

// beginning is before any ingest time: the zero of Unix time, which every
// warehouse can hold.
var beginning = time.Unix(0, 0).UTC()
