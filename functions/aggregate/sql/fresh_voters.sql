-- Registrations above the settled offsets, one row per record; see fresh_votes.sql.
CREATE TEMP TABLE fresh_voters AS
SELECT
  -- include record_of_r
  ANY_VALUE(r.kafka_timestamp) AS kafka_timestamp,
  ANY_VALUE(r.voter_key) AS voter_key,
  ANY_VALUE(r.state) AS state,
  ANY_VALUE(r.age_group) AS age_group,
  ANY_VALUE(r.gender) AS gender,
  ANY_VALUE(r.county) AS county,
  ANY_VALUE(r.precinct) AS precinct,
  MAX(r.ingested_at) AS ingested_at
FROM raw.voters AS r
-- include progress_of_r
WHERE r.ingested_at >= @floor
  AND r.ingested_at < @until
  AND r.kafka_offset >= @voters_from
  AND r.kafka_offset >= IFNULL(p.next_offset, 0)
GROUP BY r.kafka_topic, r.kafka_topic_id, r.kafka_partition, r.kafka_offset
