package bench

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"cloud.google.com/go/bigquery"
	"google.golang.org/api/iterator"

	"github.com/tallystream/tallystream/local/simulate/ledger"
)

// Hop is how long votes take on a part of their way, in the time of the system's profile.
type Hop struct {
	P50 float64 `json:"p50_ms"`
	P99 float64 `json:"p99_ms"`
}

// Hops are the two parts of the way of a vote. Each has percentiles of its own: they don't
// add up.
type Hops struct {
	Taken Hop `json:"kafka_to_ingest"`   // from the Kafka client until ingest takes it in: bridge and Pub/Sub
	Shown Hop `json:"ingest_to_results"` // from there until the results have it: the append and the dashboard's look
}

// takenAt is when ingest took in each record of a topic first, by partition and offset.
func takenAt(ctx context.Context, client *bigquery.Client, topic string) (map[int32]map[int64]time.Time, error) {
	q := client.Query("SELECT kafka_partition, kafka_offset, MIN(ingested_at) AS taken FROM raw.votes WHERE kafka_topic = @topic GROUP BY 1, 2")
	q.Parameters = []bigquery.QueryParameter{{Name: "topic", Value: topic}}
	rows, err := q.Read(ctx)
	if err != nil {
		return nil, fmt.Errorf("when votes were taken in: %w", err)
	}
	taken := map[int32]map[int64]time.Time{}
	for {
		var row struct {
			Partition int32     `bigquery:"kafka_partition"`
			Offset    int64     `bigquery:"kafka_offset"`
			Taken     time.Time `bigquery:"taken"`
		}
		switch err := rows.Next(&row); {
		case errors.Is(err, iterator.Done):
			return taken, nil
		case err != nil:
			return nil, fmt.Errorf("when votes were taken in: %w", err)
		}
		if taken[row.Partition] == nil {
			taken[row.Partition] = map[int64]time.Time{}
		}
		taken[row.Partition][row.Offset] = row.Taken
	}
}

// hops are those of the votes that were taken in and shown; speed is that of the profile.
func (c *Coverage) hops(votes []ledger.Vote, taken map[int32]map[int64]time.Time, speed float64) Hops {
	var first, second []time.Duration
	for i := range votes {
		v := &votes[i]
		at, known := taken[v.Partition][v.Offset]
		shown := c.shown(v.Position)
		if !known || shown.IsZero() {
			continue
		}
		first = append(first, at.Sub(time.UnixMilli(v.Timestamp)))
		second = append(second, shown.Sub(at))
	}
	of := func(times []time.Duration) Hop {
		slices.Sort(times)
		return Hop{P50: speed * milliseconds(Percentile(times, 0.50)), P99: speed * milliseconds(Percentile(times, 0.99))}
	}
	return Hops{Taken: of(first), Shown: of(second)}
}
