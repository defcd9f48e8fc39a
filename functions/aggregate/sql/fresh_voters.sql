-- Registrations above the settled offsets, one row per record; see fresh_votes.sql.
CREATE TEMP TABLE fresh_voters AS
SELECT
  r.kafka_topic,
  r.kafka_topic_id,
  r.kafka_partition,
  r.kafka_offset,
  MIN(r.kafka_follows) AS kafka_follows,
  ANY_VALUE(r.kafka_timestamp) AS kafka_timestamp,
  ANY_VALUE(r.voter_key) AS voter_key,
  ANY_VALUE(r.state) AS state,
  ANY_VALUE(r.age_group) AS age_group,
  ANY_VALUE(r.gender) AS gender,
  ANY_VALUE(r.county) AS county,
  ANY_VALUE(r.precinct) AS precinct,
  MAX(r.ingested_at) AS ingested_at
FROM raw.voters AS r
LEFT JOIN core.progress AS p
  ON p.kafka_topic = r.kafka_topic
  AND p.kafka_topic_id = r.kafka_topic_id
  AND p.kafka_partition = r.kafka_partition
WHERE r.ingested_at >= @floor
  AND r.ingested_at < @until
  AND r.kafka_offset >= @voters_from
  AND r.kafka_offset >= IFNULL(p.next_offset, 0)
GROUP BY r.kafka_topic, r.kafka_topic_id, r.kafka_partition, r.kafka_offset
