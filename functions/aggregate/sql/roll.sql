-- All registrations of every voter who has a fresh one, ranked. Rank 1 is the latest
-- and is current. held marks the row that core.voters holds.
CREATE TEMP TABLE roll AS
WITH held AS (
  SELECT voter_key, kafka_topic, kafka_topic_id, kafka_partition, kafka_offset, kafka_timestamp,
    state, age_group, gender, county, precinct
  FROM core.voters
  WHERE voter_key IN (SELECT voter_key FROM fresh_voters)
),
records AS (
  SELECT *, TRUE AS held FROM held
  UNION ALL
  SELECT f.voter_key, f.kafka_topic, f.kafka_topic_id, f.kafka_partition, f.kafka_offset, f.kafka_timestamp,
    f.state, f.age_group, f.gender, f.county, f.precinct, FALSE
  FROM fresh_voters AS f
  LEFT JOIN held AS h
    ON h.voter_key = f.voter_key
    AND h.kafka_topic = f.kafka_topic
    AND h.kafka_topic_id = f.kafka_topic_id
    AND h.kafka_partition = f.kafka_partition
    AND h.kafka_offset = f.kafka_offset
  WHERE h.voter_key IS NULL
)
SELECT
  *,
  ROW_NUMBER() OVER (
    PARTITION BY voter_key
    ORDER BY kafka_timestamp DESC, kafka_partition DESC, kafka_offset DESC, kafka_topic_id DESC
  ) AS rank
FROM records
