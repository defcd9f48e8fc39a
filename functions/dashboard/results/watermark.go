package results

import (
	"time"

	"github.com/tallystream/tallystream/functions/dashboard/snapshot"
)

// idleAfter is how long nothing may come from a partition, while others go on,
// before it no longer holds the watermark back. The aggregation has the same rule
// for amendments (touched_range.sql).
const idleAfter = time.Minute

// watermark is the event time up to which every partition of the topic has
// been read: the least of its partitions' watermarks, without idle ones. None is
// later than when the last record came in: a producer whose clock is fast stamps
// votes and records alike with a time to come. A partition that exists under several
// topic ids counts with the greatest of them, so that a topic made anew isn't held back
// by its predecessor. It is nil before the first record that counts.
func watermark(rows []snapshot.BookRow, topic string) *time.Time {
	var newest time.Time
	greatest, last := map[int32]time.Time{}, map[int32]time.Time{}
	for _, row := range rows {
		if row.Topic != topic || row.Watermark.IsZero() {
			continue
		}
		greatest[row.Partition] = latest(greatest[row.Partition], row.Watermark)
		last[row.Partition] = latest(last[row.Partition], row.LastIngestedAt)
		newest = latest(newest, row.LastIngestedAt)
	}
	var least time.Time
	for partition, t := range greatest {
		if in := last[partition]; !in.IsZero() && in.Before(t) {
			t = in
		}
		if newest.Sub(last[partition]) <= idleAfter && (least.IsZero() || t.Before(least)) {
			least = t
		}
	}
	return instant(least)
}

// asOf is the greatest updated_at of all tables, or nil where they are empty.
func asOf(s *snapshot.Snapshot) *time.Time {
	var last time.Time
	see := func(t time.Time) { last = latest(last, t) }
	for _, row := range s.Candidates {
		see(row.UpdatedAt)
	}
	for _, row := range s.Regions {
		see(row.UpdatedAt)
	}
	for _, row := range s.Hours {
		see(row.UpdatedAt)
	}
	for _, row := range s.Demographics {
		see(row.UpdatedAt)
	}
	for _, row := range s.Amendments {
		see(row.AmendedAt)
	}
	for _, row := range s.Books {
		see(row.UpdatedAt)
	}
	return instant(last)
}

// latest is the later of two times.
func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
