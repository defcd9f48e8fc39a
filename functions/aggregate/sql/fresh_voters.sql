-- Registrations above the settled offsets, one row per record.
CREATE TEMP TABLE fresh_voters AS
SELECT
  r.kafka_topic,
  r.kafka_topic_id,
  r.kafka_partition,
  r.kafka_offset,
  r.kafka_timestamp,
  MIN(r.kafka_follows) OVER (
    PARTITION BY r.kafka_topic, r.kafka_topic_id, r.kafka_partition, r.kafka_offset
  ) AS kafka_follows,
  r.voter_key,
  r.state,
  r.age_group,
  r.gender,
  r.county,
  r.precinct,
  r.ingested_at
FROM raw.voters AS r
LEFT JOIN core.progress AS p
  ON p.kafka_topic = r.kafka_topic
  AND p.kafka_topic_id = r.kafka_topic_id
  AND p.kafka_partition = r.kafka_partition
WHERE r.ingested_at >= @floor
  AND r.kafka_offset >= @voters_from
  AND r.kafka_offset >= IFNULL(p.next_offset, 0)
QUALIFY ROW_NUMBER() OVER (
  PARTITION BY r.kafka_topic, r.kafka_topic_id, r.kafka_partition, r.kafka_offset
  ORDER BY r.ingested_at
) = 1
