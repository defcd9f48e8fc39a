package bench

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/tallystream/tallystream/local/query"
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

// Hops are those of the votes that ingest took in and the results covered; speed is that of
// the profile.
func (c *Coverage) Hops(ctx context.Context, tables query.Warehouse, votes []ledger.Vote, speed float64) (Hops, error) {
	if len(votes) == 0 {
		return Hops{}, nil
	}
	taken, err := takenAt(ctx, tables, votes[0].Topic)
	if err != nil {
		return Hops{}, err
	}
	return c.hops(votes, taken, speed), nil
}

// takenAt is when ingest took in each record of a topic first, by partition and offset.
func takenAt(ctx context.Context, tables query.Warehouse, topic string) (map[int32]map[int64]time.Time, error) {
	rows, err := query.Select[struct {
		Partition int32     `bigquery:"kafka_partition" db:"kafka_partition"`
		Offset    int64     `bigquery:"kafka_offset" db:"kafka_offset"`
		Taken     time.Time `bigquery:"taken" db:"taken"`
	}](ctx, tables, "SELECT kafka_partition, kafka_offset, MIN(ingested_at) AS taken FROM raw.votes WHERE kafka_topic = @topic GROUP BY 1, 2",
		query.Parameters{"topic": topic})
	if err != nil {
		return nil, fmt.Errorf("when votes were taken in: %w", err)
	}
	taken := map[int32]map[int64]time.Time{}
	for _, row := range rows {
		if taken[row.Partition] == nil {
			taken[row.Partition] = map[int64]time.Time{}
		}
		taken[row.Partition][row.Offset] = row.Taken
	}
	return taken, nil
}

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
