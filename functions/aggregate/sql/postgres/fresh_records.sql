{{- /* partitions is partitions.sql for the rejects, see script.go. */ -}}
-- Every record above the settled offsets, rejected ones included. settle.sql counts
-- offsets by it. A record that is both among the rejects and among the votes or voters,
-- because the election file was changed in between, isn't rejected.
INSERT INTO fresh_records (
  kafka_topic, kafka_topic_id, kafka_partition, kafka_offset, kafka_follows, rejected, ingested_at
)
WITH RECURSIVE partitions AS (
{{.Partitions}}
)
SELECT
  kafka_topic,
  kafka_topic_id,
  kafka_partition,
  kafka_offset,
  min(kafka_follows) AS kafka_follows,
  bool_and(rejected) AS rejected,
  max(ingested_at) AS ingested_at
FROM (
  SELECT kafka_topic, kafka_topic_id, kafka_partition, kafka_offset, kafka_follows,
    FALSE AS rejected, ingested_at
  FROM fresh_votes
  UNION ALL
  SELECT kafka_topic, kafka_topic_id, kafka_partition, kafka_offset, kafka_follows,
    FALSE, ingested_at
  FROM fresh_voters
  UNION ALL
  SELECT r.kafka_topic, r.kafka_topic_id, r.kafka_partition, r.kafka_offset, r.kafka_follows,
    TRUE, r.ingested_at
  FROM partitions AS s
  LEFT JOIN core.progress AS p
    ON p.kafka_topic = s.kafka_topic
    AND p.kafka_topic_id = s.kafka_topic_id
    AND p.kafka_partition = s.kafka_partition
  JOIN raw.rejects AS r
    ON r.kafka_topic = s.kafka_topic
    AND r.kafka_topic_id = s.kafka_topic_id
    AND r.kafka_partition = s.kafka_partition
    AND r.kafka_offset >= coalesce(p.next_offset, 0)
  WHERE r.ingested_at >= @floor AND r.ingested_at < @until AND r.kafka_offset >= @rejects_from
) AS r
GROUP BY kafka_topic, kafka_topic_id, kafka_partition, kafka_offset
