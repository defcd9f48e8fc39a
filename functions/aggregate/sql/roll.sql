-- The registrations of every voter who has a fresh one, in order: place 1 is
-- the latest and current. held marks the row that core.voters holds.
CREATE TEMP TABLE roll AS
WITH contenders AS (
  SELECT voter_key, kafka_topic, kafka_topic_id, kafka_partition, kafka_offset, kafka_timestamp,
    state, age_group, gender, county, precinct, FALSE AS held
  FROM fresh_voters
  UNION ALL
  SELECT voter_key, kafka_topic, kafka_topic_id, kafka_partition, kafka_offset, kafka_timestamp,
    state, age_group, gender, county, precinct, TRUE
  FROM core.voters
  WHERE voter_key IN (SELECT voter_key FROM fresh_voters)
),
records AS (
  SELECT *
  FROM contenders
  WHERE TRUE
  QUALIFY ROW_NUMBER() OVER (
    PARTITION BY kafka_topic, kafka_topic_id, kafka_partition, kafka_offset
    ORDER BY held DESC
  ) = 1
)
SELECT
  *,
  ROW_NUMBER() OVER (
    PARTITION BY voter_key
    ORDER BY kafka_timestamp DESC, kafka_partition DESC, kafka_offset DESC, kafka_topic_id DESC
  ) AS place
FROM records
