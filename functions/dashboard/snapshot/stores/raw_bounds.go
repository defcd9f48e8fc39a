package stores

import (
	"time"

	"github.com/tallystream/tallystream/functions/dashboard/snapshot"
	"github.com/tallystream/tallystream/shared/kafka"
)

// Bounds of what a snapshot reads of raw. They make it cheaper. A record outside them
// isn't in the figures until a pass has settled it.
type bounds struct {
	floor time.Time // least ingest time
	until time.Time // ingest times are before it
	// Least offsets, of any partition of the topic.
	votesFrom, votersFrom int64
}

const (
	// overlap is how long before the newest settled row another may be taken in that isn't
	// settled. Ingest gives an append up after less than a minute.
	overlap = 15 * time.Minute
	// mostUnsettled is how many records above the settled offsets a snapshot adds. While
	// a backlog is counted that is larger, the figures are those that passes have settled:
	// a pass takes as many records (aggregate.MostRecords), and the next one follows at
	// once. On PostgreSQL it is postgres.MostLive.
	mostUnsettled = 5_000_000
)

// A backlog is what a snapshot adds while more than most records are unsettled: those that
// were taken in before until.
type backlog struct {
	most  int64
	until time.Time
}

var (
	never   = time.Unix(0, 0).UTC()
	forever = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)
)

// boundsOf are those that follow from what is settled, and from what is known of the logs.
// No record that waits for a missing one came before waitingFrom; it is zero if none waits.
// Without a snapshot everything is within them.
func boundsOf(t snapshot.Topics, settled *snapshot.Snapshot, logs []snapshot.LogRow, waitingFrom time.Time, large backlog) bounds {
	r := bounds{floor: never, until: forever}
	if settled == nil {
		return r
	}
	if unsettled(settled.Books, logs) > large.most {
		r.until = never
		if large.until.After(settled.LastIngested()) {
			r.until = large.until // else what passes have counted above a gap would be taken away
		}
	}
	if len(settled.Books) > 0 {
		// Whole hours, so that the same query comes again.
		from := settled.LastIngested()
		if !waitingFrom.IsZero() && waitingFrom.Before(from) {
			from = waitingFrom
		}
		r.floor = later(never, from.Add(-overlap).Truncate(time.Hour))
		r.votesFrom, r.votersFrom = leastSettled(t.Votes, settled.Books, logs), leastSettled(t.Voters, settled.Books, logs)
	}
	return r
}

// rejectsFrom is the least offset of a reject, of any topic.
func (r bounds) rejectsFrom() int64 { return min(r.votesFrom, r.votersFrom) }

// leastSettled is the least settled offset of a topic's partitions; 0 while one of them has
// no row of the books.
func leastSettled(topic string, books []snapshot.BookRow, logs []snapshot.LogRow) int64 {
	least, known := int64(-1), map[kafka.TopicPartition]bool{}
	for i := range books {
		row := &books[i]
		known[row.TopicPartition] = true
		if row.Topic == topic && (least < 0 || row.NextOffset < least) {
			least = row.NextOffset
		}
	}
	for i := range logs {
		if row := &logs[i]; row.Topic == topic && !known[row.TopicPartition] {
			return 0
		}
	}
	return max(least, 0)
}

// unsettled is about how many records the bridge has read and no pass has settled.
func unsettled(books []snapshot.BookRow, logs []snapshot.LogRow) (n int64) {
	next := map[kafka.TopicPartition]int64{}
	for i := range books {
		next[books[i].TopicPartition] = books[i].NextOffset
	}
	for i := range logs {
		row := &logs[i]
		n += max(0, row.Next-max(next[row.TopicPartition], row.Deleted))
	}
	return n
}

// later is the later of two times.
func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
