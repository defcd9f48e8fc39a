package rest

import (
	"sync"
	"time"

	"github.com/tallystream/tallystream/emulator/bigquery/engine"
)

// BigQuery remembers the insertIds of streamed rows for at least a minute, as a
// best effort.
const (
	recentAge   = time.Minute
	recentCount = 200_000 // ids per generation
)

type recentID struct {
	table engine.TableRef
	id    string
}

// recentIDs remembers insertIds in two generations: the older one is dropped
// whole when the newer one is full or old enough.
type recentIDs struct {
	mu    sync.Mutex
	young map[recentID]struct{}
	old   map[recentID]struct{}
	since time.Time
}

func newRecentIDs() *recentIDs {
	return &recentIDs{young: map[recentID]struct{}{}, since: time.Now()}
}

// reserve returns the rows whose ids are new, and remembers these ids.
func (r *recentIDs) reserve(ref engine.TableRef, rows []insertRow) ([]insertRow, []recentID) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.young) >= recentCount || len(r.young) > 0 && time.Since(r.since) > recentAge {
		r.old, r.young, r.since = r.young, map[recentID]struct{}{}, time.Now()
	}
	fresh := make([]insertRow, 0, len(rows))
	var ids []recentID
	for _, row := range rows {
		if row.id != "" {
			key := recentID{ref, row.id}
			if r.knows(key) {
				continue
			}
			r.young[key] = struct{}{}
			ids = append(ids, key)
		}
		fresh = append(fresh, row)
	}
	return fresh, ids
}

func (r *recentIDs) knows(key recentID) bool {
	if _, ok := r.young[key]; ok {
		return true
	}
	_, ok := r.old[key]
	return ok
}

// release forgets ids whose rows were not added after all.
func (r *recentIDs) release(ids []recentID) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, key := range ids {
		delete(r.young, key)
		delete(r.old, key)
	}
}
