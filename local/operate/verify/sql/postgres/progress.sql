-- The settled offset of each partition, from raw: offsets are settled up to the first
-- record whose predecessor isn't in raw.
WITH records AS (
  SELECT kafka_topic, kafka_topic_id, kafka_partition, kafka_offset,
    min(kafka_follows) AS kafka_follows,
    bool_and(rejected) AS rejected
  FROM (
    SELECT kafka_topic, kafka_topic_id, kafka_partition, kafka_offset, kafka_follows, false AS rejected FROM raw.votes
    UNION ALL
    SELECT kafka_topic, kafka_topic_id, kafka_partition, kafka_offset, kafka_follows, false FROM raw.voters
    UNION ALL
    SELECT kafka_topic, kafka_topic_id, kafka_partition, kafka_offset, kafka_follows, true FROM raw.rejects
  ) AS d
  GROUP BY kafka_topic, kafka_topic_id, kafka_partition, kafka_offset
),
ordered AS (
  SELECT *,
    lag(kafka_offset) OVER (
      PARTITION BY kafka_topic, kafka_topic_id, kafka_partition
      ORDER BY kafka_offset
    ) AS before
  FROM records
),
settled AS (
  SELECT DISTINCT kafka_topic, kafka_topic_id, kafka_partition, next_offset, first_offset FROM core.progress
)
SELECT s.kafka_topic, s.kafka_topic_id, s.kafka_partition,
  least(
    s.next_offset,
    coalesce(min(r.kafka_offset) FILTER (WHERE r.kafka_follows > coalesce(r.before, -1)), s.next_offset),
    coalesce(max(r.kafka_offset) + 1, 0)
  ) AS next_offset,
  CASE WHEN s.next_offset > 0 THEN coalesce(min(r.kafka_offset), 0) ELSE s.first_offset END AS first_offset,
  count(*) FILTER (WHERE r.kafka_offset < s.next_offset) AS records,
  count(*) FILTER (WHERE r.kafka_offset < s.next_offset AND r.rejected) AS rejected
FROM settled AS s
LEFT JOIN ordered AS r USING (kafka_topic, kafka_topic_id, kafka_partition)
GROUP BY s.kafka_topic, s.kafka_topic_id, s.kafka_partition, s.next_offset, s.first_offset
