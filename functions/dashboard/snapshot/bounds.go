package snapshot

import (
	"time"

	"cloud.google.com/go/bigquery"

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
	// once.
	mostUnsettled = 5_000_000
)

var (
	never   = time.Unix(0, 0).UTC()
	forever = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)
)

// bounds are those for the next read, from what this one found.
func (r *reading) bounds(topics Topics) bounds {
	b := bounds{floor: never, until: forever}
	if r.last == nil {
		return b
	}
	if r.unsettled() > mostUnsettled {
		b.until = never
	}
	if len(r.last.Books) > 0 {
		// Whole hours, so that the same query comes again.
		from := r.last.lastIngested()
		if !r.waitingFrom.IsZero() && r.waitingFrom.Before(from) {
			from = r.waitingFrom
		}
		b.floor = later(never, from.Add(-overlap).Truncate(time.Hour))
		b.votesFrom, b.votersFrom = r.settled(topics.Votes), r.settled(topics.Voters)
	}
	return b
}

// settled is the least settled offset of a topic's partitions; 0 while one of them has
// no row of the books.
func (r *reading) settled(topic string) int64 {
	least, known := int64(-1), map[kafka.TopicPartition]bool{}
	for _, row := range r.last.Books {
		known[row.TopicPartition] = true
		if row.Topic == topic && (least < 0 || row.NextOffset < least) {
			least = row.NextOffset
		}
	}
	for i := range r.live.Logs {
		if row := &r.live.Logs[i]; row.Topic == topic && !known[row.TopicPartition] {
			return 0
		}
	}
	return max(least, 0)
}

// unsettled is about how many records the bridge has read and no pass has settled.
func (r *reading) unsettled() (n int64) {
	next := map[kafka.TopicPartition]int64{}
	for _, row := range r.last.Books {
		next[row.TopicPartition] = row.NextOffset
	}
	for i := range r.live.Logs {
		row := &r.live.Logs[i]
		n += max(0, row.Next-max(next[row.TopicPartition], row.Deleted))
	}
	return n
}

// parameters are those of live.sql, but for floor.
func (r bounds) parameters() []bigquery.QueryParameter {
	return []bigquery.QueryParameter{
		{Name: "until", Value: r.until},
		{Name: "votes_from", Value: r.votesFrom},
		{Name: "voters_from", Value: r.votersFrom},
		{Name: "rejects_from", Value: min(r.votesFrom, r.votersFrom)},
	}
}

// arrivals are how many rows raw has from a floor on, and when the newest came. Two that
// are equal say that nothing has come between them.
type arrivals struct {
	floor, newest int64 // microseconds since 1970
	rows          int64
}

// arrivalsRow is what analytics.live_arrivals returns.
type arrivalsRow struct {
	Rows   int64                  `bigquery:"arrived"`
	Newest bigquery.NullTimestamp `bigquery:"newest"`
}

func (r arrivalsRow) since(floor time.Time) arrivals {
	return arrivals{floor.UnixMicro(), r.Newest.Timestamp.UnixMicro(), r.Rows}
}
