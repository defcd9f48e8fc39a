-- The settled offset of each partition, from raw: offsets are settled up to the first
-- record whose predecessor isn't in raw.
WITH records AS (
  SELECT kafka_topic, kafka_topic_id, kafka_partition, kafka_offset,
    MIN(kafka_follows) AS kafka_follows,
    {{every "rejected"}} AS rejected
  FROM (
    SELECT kafka_topic, kafka_topic_id, kafka_partition, kafka_offset, kafka_follows, FALSE AS rejected FROM raw.votes
    UNION ALL
    SELECT kafka_topic, kafka_topic_id, kafka_partition, kafka_offset, kafka_follows, FALSE FROM raw.voters
    UNION ALL
    SELECT kafka_topic, kafka_topic_id, kafka_partition, kafka_offset, kafka_follows, TRUE FROM raw.rejects
  ) AS d
  GROUP BY kafka_topic, kafka_topic_id, kafka_partition, kafka_offset
),
ordered AS (
  SELECT *,
    LAG(kafka_offset) OVER (
      PARTITION BY kafka_topic, kafka_topic_id, kafka_partition
      ORDER BY kafka_offset
    ) AS before
  FROM records
),
settled AS (
  SELECT DISTINCT kafka_topic, kafka_topic_id, kafka_partition, next_offset, first_offset FROM core.progress
)
SELECT s.kafka_topic, s.kafka_topic_id, s.kafka_partition,
  LEAST(
    s.next_offset,
    COALESCE(MIN(CASE WHEN r.kafka_follows > COALESCE(r.before, -1) THEN r.kafka_offset END), s.next_offset),
    COALESCE(MAX(r.kafka_offset) + 1, 0)
  ) AS next_offset,
  CASE WHEN s.next_offset > 0 THEN COALESCE(MIN(r.kafka_offset), 0) ELSE s.first_offset END AS first_offset,
  COUNT(CASE WHEN r.kafka_offset < s.next_offset THEN 1 END) AS records,
  COUNT(CASE WHEN r.kafka_offset < s.next_offset AND r.rejected THEN 1 END) AS rejected
FROM settled AS s
LEFT JOIN ordered AS r USING (kafka_topic, kafka_topic_id, kafka_partition)
GROUP BY s.kafka_topic, s.kafka_topic_id, s.kafka_partition, s.next_offset, s.first_offset
