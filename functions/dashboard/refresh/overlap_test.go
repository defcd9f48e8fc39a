package refresh

import (
	"context"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tallystream/tallystream/functions/dashboard/internal/sample"
	"github.com/tallystream/tallystream/functions/dashboard/snapshot"
	"github.com/tallystream/tallystream/shared/kafka"
)

// upTo is a snapshot that has so many records.
func upTo(records int64) *snapshot.Snapshot {
	return &snapshot.Snapshot{Books: []snapshot.BookRow{{
		TopicPartition: kafka.TopicPartition{Topic: "votes"}, Records: records, NextOffset: records, ReadOffset: records, LastOffset: records - 1,
	}}}
}

// records is how many records a view has.
func records(v *View) int64 { return v.figures.Books.Records }

// query is one of a sequence: how long it takes, and how many records it finds.
type query struct {
	takes time.Duration
	finds int64
}

// sequence answers as the queries say, one after another; then as the last.
func sequence(queries ...query) func(context.Context) (*snapshot.Snapshot, error) {
	var n atomic.Int64
	return func(ctx context.Context) (*snapshot.Snapshot, error) {
		q := queries[min(int(n.Add(1)), len(queries))-1]
		return slow(q.takes, upTo(q.finds), nil)(ctx)
	}
}

// What is shown at a time, by queries that begin a second apart while somebody asks.
func TestQueriesThatOverlap(t *testing.T) {
	const s = time.Second
	for name, tc := range map[string]struct {
		queries []query
		want    map[time.Duration]int64 // records shown, by time
	}{
		"a slow one holds up nobody": {
			[]query{{0, 1}, {5 * s, 2}, {s / 2, 3}, {s / 2, 4}},
			map[time.Duration]int64{2 * s: 1, 2900 * time.Millisecond: 3, 3900 * time.Millisecond: 4},
		},
		"the earlier one is dropped when it ends later": {
			[]query{{0, 1}, {3 * s, 9}, {s / 2, 3}, {time.Hour, 0}},
			map[time.Duration]int64{2900 * time.Millisecond: 3, 10 * s: 3},
		},
		"the later one is dropped where it has less": {
			[]query{{0, 1}, {1200 * time.Millisecond, 5}, {s / 2, 4}, {time.Hour, 0}},
			map[time.Duration]int64{2300 * time.Millisecond: 5, 5 * s: 5},
		},
		"one that has less is shown where none overlapped it": {
			[]query{{0, 5}, {s / 2, 4}, {time.Hour, 0}},
			map[time.Duration]int64{s: 5, 1900 * time.Millisecond: 4},
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := newTestCache(t, &sample.Store{Next: sequence(tc.queries...)})
				begun := time.Now()
				for time.Since(begun) <= 10*time.Second {
					v, err := c.Get(t.Context())
					if err != nil {
						t.Fatal(err)
					}
					if want, asked := tc.want[time.Since(begun)]; asked && records(v) != want {
						t.Errorf("after %v: %d records are shown, want %d", time.Since(begun), records(v), want)
					}
					time.Sleep(50 * time.Millisecond)
				}
			})
		})
	}
}

// Somebody who waits has the next query begin too: a stream alone is enough.
func TestWaitingStartsTheNextQuery(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := &sample.Store{Next: sequence(query{0, 1}, query{20 * time.Second, 2}, query{time.Second / 2, 3})}
		c := newTestCache(t, store)
		if _, err := c.Get(t.Context()); err != nil {
			t.Fatal(err)
		}
		time.Sleep(2 * time.Second)
		asked := time.Now()
		v, err := c.Fresh(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if took := time.Since(asked); records(v) != 3 || took != 1500*time.Millisecond {
			t.Errorf("%d records after %v, want those of the second query, after a refresh and a half", records(v), took)
		}
	})
}

// However long queries take and whenever they read, what viewers see never goes back, and
// the store is never asked more than mostLooks times at once.
func TestShownNeverGoesBack(t *testing.T) {
	for seed := range uint64(20) {
		synctest.Test(t, func(t *testing.T) {
			var mu sync.Mutex
			random := rand.New(rand.NewPCG(seed, 0))
			begun, under, most := time.Now(), 0, 0
			c := newTestCache(t, &sample.Store{Next: func(ctx context.Context) (*snapshot.Snapshot, error) {
				mu.Lock()
				before, after := time.Duration(random.ExpFloat64()*float64(time.Second)), time.Duration(random.ExpFloat64()*float64(time.Second))
				under++
				most = max(most, under)
				mu.Unlock()
				defer func() { mu.Lock(); under--; mu.Unlock() }()
				time.Sleep(before)
				s := upTo(time.Since(begun).Milliseconds())
				time.Sleep(after)
				return s, ctx.Err()
			}})
			var last int64
			for time.Since(begun) < 5*time.Minute {
				v, err := c.Get(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				if n := records(v); n < last {
					t.Fatalf("seed %d, after %v: %d records after %d", seed, time.Since(begun), n, last)
				} else {
					last = n
				}
				time.Sleep(20 * time.Millisecond)
			}
			c.Close()
			if most != mostLooks {
				t.Errorf("seed %d: %d queries at a time, want %d at most, and some", seed, most, mostLooks)
			}
		})
	}
}
