package engine

import (
	"encoding/json"
	"slices"
	"time"

	"github.com/tallystream/tallystream/emulator/bigquery/catalog"
	"github.com/tallystream/tallystream/emulator/bigquery/translate"
)

// cachedResult is what a query returned, and what it read.
type cachedResult struct {
	plan     *translate.Plan // its sources are those tables only while it is valid
	versions []int64         // of the tables of the plan, in its order
	rows     *Rows
	at       time.Time
}

// cached answers a query from the cache, or with what read returns.
func (r *run) cached(text string, plan *translate.Plan, read func() (*Rows, error)) (rows *Rows, hit bool, err error) {
	versions, ok := r.versions(plan)
	values, unwritable := json.Marshal(r.params.values) // such as NaN
	if !ok || unwritable != nil {
		rows, err = read()
		return rows, false, err
	}
	key, now := r.planKey(text)+string(values), r.engine.Now()
	c, ok := r.engine.results.Get(key)
	if ok && c.plan == plan && slices.Equal(c.versions, versions) && now.Sub(c.at) < resultAge {
		return c.rows, true, nil
	}
	if rows, err = read(); err == nil && len(rows.Values) <= maxResultRows {
		r.engine.results.Add(key, &cachedResult{plan, versions, rows, now})
	}
	return rows, false, err
}

// versions are those of the tables of a plan before it reads them: a change
// that comes in between makes the result newer than they say, and never older.
// It is not ok where a result can't be kept.
func (r *run) versions(plan *translate.Plan) (versions []int64, ok bool) {
	q := r.query
	if q.NoCache || q.Destination != nil || plan.Volatile || !r.single || r.session != "" {
		return nil, false
	}
	for _, u := range plan.Uses {
		if u.Routine != nil {
			continue // what it reads is named too
		}
		t, ok := u.Source.Target.(*catalog.Table)
		if !ok {
			return nil, false
		}
		versions = append(versions, r.engine.Mutated(t.ID).Number)
	}
	return versions, true
}
