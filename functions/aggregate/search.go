package aggregate

import (
	"sync"
	"time"
)

// A search decides how far back a look goes. Ingest times only prune: they are
// read off several machines' clocks, so a row may turn up below the floor. It
// then leaves a hole in its partition's offsets, which holds the floor where it
// was; and when a hole doesn't close, everything is looked through for it. The
// last rows of a partition leave no hole: for them everything is looked through
// now and then, when nothing else is new.
type search struct {
	mu      sync.Mutex
	through time.Time // when everything was last looked through
}

const (
	patience     = 15 * time.Minute // age of a hole before everything is looked through
	throughEvery = 5 * time.Minute  // and how often then
	throughQuiet = time.Hour        // how often where there is no hole
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
		s.through = now
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

// everything reports whether a look that found nothing is to be repeated from the
// beginning, and takes it that it is.
func (s *search) everything(now time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if now.Sub(s.through) <= throughQuiet {
		return false
	}
	s.through = now
	return true
}

// beginning is before any ingest time: the zero of Unix time, which every
// warehouse can hold.
var beginning = time.Unix(0, 0).UTC()
