package store

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tallystream/tallystream/emulator/bigquery/catalog"
	"github.com/tallystream/tallystream/emulator/bigquery/duck"
)

// What a table was at a time is the same while rows are appended to it and afterwards, and made
// of whole appends.
func TestHistoryOfConcurrentAppends(t *testing.T) {
	const writers, appends, size = 4, 20, 3
	db, err := duck.Open("", 1)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() }) // in memory
	var ticks atomic.Int64
	began := time.Date(2026, 11, 3, 12, 0, 0, 0, time.UTC)
	now := func() time.Time { return began.Add(time.Duration(ticks.Add(1)) * time.Microsecond) }
	s, err := Open(t.Context(), db, now, nil, noViews{})
	if err != nil {
		t.Fatal(err)
	}
	createDataset(t, s)
	create(t, s, nil, "INT64")
	table, err := s.Catalog.Table(ref)
	if err != nil {
		t.Fatal(err)
	}
	type state struct {
		rows int
		list string
	}
	asOf := func(at time.Time) (was state) {
		t.Helper()
		err := s.History.AsOf(t.Context(), ref, table, at, func(_ *catalog.Table, query string) error {
			return db.QueryRowContext(t.Context(), "SELECT count(*), coalesce(string_agg(a::VARCHAR, ','), '') FROM ("+query+")").Scan(&was.rows, &was.list)
		})
		if err != nil {
			t.Fatal(err)
		}
		return was
	}
	var group sync.WaitGroup
	for w := range writers {
		group.Go(func() {
			for i := range appends {
				rows := make([][]any, size)
				for k := range rows {
					rows[k] = []any{int64(w*1000 + i)}
				}
				if err := s.Append(t.Context(), ref, []string{"a"}, rows); err != nil {
					t.Error(err)
				}
			}
		})
	}
	seen := map[time.Time]state{}
	for range 50 {
		at := now()
		seen[at] = asOf(at)
	}
	group.Wait()
	for at, was := range seen {
		if is := asOf(at); is != was || is.rows%size != 0 {
			t.Errorf("as of %s: %v, and afterwards %v", at, was, is)
		}
	}
	if all := asOf(now()); all.rows != writers*appends*size {
		t.Errorf("%d rows in the end", all.rows)
	}
}
