package stores

import (
	"time"

	"cloud.google.com/go/bigquery"
)

// parameters are those of live.sql, without the floor.
func (r bounds) parameters() []bigquery.QueryParameter {
	return []bigquery.QueryParameter{
		{Name: "until", Value: r.until},
		{Name: "votes_from", Value: r.votesFrom},
		{Name: "voters_from", Value: r.votersFrom},
		{Name: "rejects_from", Value: r.rejectsFrom()},
	}
}

// arrivals are how many rows raw has from a floor on, and when the newest came. If two
// readings are equal, nothing has come in between.
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
