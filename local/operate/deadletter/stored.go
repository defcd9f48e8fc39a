package deadletter

import (
	"context"
	"fmt"

	"cloud.google.com/go/bigquery"
)

// Stored reports whether raw holds all records of a span, as it does after a
// backfill. An empty span is stored.
func Stored(ctx context.Context, client *bigquery.Client, p Span) (bool, error) {
	if p.Topic == "" {
		return true, nil
	}
	const condition = `WHERE kafka_topic = @topic AND kafka_topic_id = @topic_id AND kafka_partition = @partition
  AND kafka_offset BETWEEN @first AND @last`
	q := client.Query(`SELECT COUNT(DISTINCT kafka_offset) AS records FROM (
SELECT kafka_offset FROM raw.votes ` + condition + ` UNION ALL
SELECT kafka_offset FROM raw.voters ` + condition + ` UNION ALL
SELECT kafka_offset FROM raw.rejects ` + condition + `)`)
	q.Parameters = []bigquery.QueryParameter{
		{Name: "topic", Value: p.Topic}, {Name: "topic_id", Value: p.TopicID}, {Name: "partition", Value: p.Partition},
		{Name: "first", Value: p.First}, {Name: "last", Value: p.Last},
	}
	it, err := q.Read(ctx)
	if err != nil {
		return false, fmt.Errorf("look for %s in raw: %w", p, err)
	}
	var row struct{ Records int64 }
	if err := it.Next(&row); err != nil {
		return false, fmt.Errorf("look for %s in raw: %w", p, err)
	}
	return row.Records >= p.Records, nil
}
