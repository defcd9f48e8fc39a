-- Every record above the settled offsets, rejected ones included. settle.sql counts
-- offsets by it. A record that is both among the rejects and among the votes or voters,
-- because the election file was changed in between, isn't rejected.
CREATE TEMP TABLE fresh_records AS
SELECT
  -- include record_of_r
  LOGICAL_AND(r.rejected) AS rejected,
  MAX(r.ingested_at) AS ingested_at
FROM (
  SELECT kafka_topic, kafka_topic_id, kafka_partition, kafka_offset, kafka_follows,
    FALSE AS rejected, ingested_at
  FROM fresh_votes
  UNION ALL
  SELECT kafka_topic, kafka_topic_id, kafka_partition, kafka_offset, kafka_follows,
    FALSE, ingested_at
  FROM fresh_voters
  UNION ALL
  SELECT kafka_topic, kafka_topic_id, kafka_partition, kafka_offset, kafka_follows,
    TRUE, ingested_at
  FROM raw.rejects
  WHERE ingested_at >= @floor AND ingested_at < @until AND kafka_offset >= @rejects_from
) AS r
-- include progress_of_r
WHERE r.kafka_offset >= IFNULL(p.next_offset, 0)
GROUP BY r.kafka_topic, r.kafka_topic_id, r.kafka_partition, r.kafka_offset
