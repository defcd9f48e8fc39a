package deadletter

import (
	"context"
	"fmt"

	"github.com/tallystream/tallystream/local/query"
)

// Stored reports whether raw holds all records of a span, as it does after a
// backfill. An empty span is stored.
func Stored(ctx context.Context, tables query.Warehouse, p Span) (bool, error) {
	if p.Topic == "" {
		return true, nil
	}
	const condition = `WHERE kafka_topic = @topic AND kafka_topic_id = @topic_id AND kafka_partition = @partition
  AND kafka_offset BETWEEN @first AND @last`
	rows, err := query.Select[struct{ Records int64 }](ctx, tables, `SELECT COUNT(DISTINCT kafka_offset) AS records FROM (
SELECT kafka_offset FROM raw.votes `+condition+` UNION ALL
SELECT kafka_offset FROM raw.voters `+condition+` UNION ALL
SELECT kafka_offset FROM raw.rejects `+condition+`) AS r`, query.Parameters{
		"topic": p.Topic, "topic_id": p.TopicID, "partition": p.Partition, "first": p.First, "last": p.Last,
	})
	if err != nil {
		return false, fmt.Errorf("look for %s in raw: %w", p, err)
	}
	return rows[0].Records >= p.Records, nil
}
