-- All registrations of every voter who has a fresh one, ranked. Rank 1 is the latest
-- and is current. held marks the row that core.voters holds.
INSERT INTO roll (
  voter_key, kafka_topic, kafka_topic_id, kafka_partition, kafka_offset, kafka_timestamp,
  state, age_group, gender, county, precinct, held, rank
)
WITH held AS (
  SELECT v.voter_key, v.kafka_topic, v.kafka_topic_id, v.kafka_partition, v.kafka_offset, v.kafka_timestamp,
    v.state, v.age_group, v.gender, v.county, v.precinct
  FROM (SELECT DISTINCT voter_key FROM fresh_voters) AS f
  JOIN core.voters AS v ON v.voter_key = f.voter_key
),
records AS (
  SELECT *, TRUE AS held FROM held
  UNION ALL
  SELECT f.voter_key, f.kafka_topic, f.kafka_topic_id, f.kafka_partition, f.kafka_offset, f.kafka_timestamp,
    f.state, f.age_group, f.gender, f.county, f.precinct, FALSE
  FROM fresh_voters AS f
  WHERE NOT EXISTS (
    SELECT
    FROM held AS h
    WHERE h.voter_key = f.voter_key
      AND h.kafka_topic = f.kafka_topic
      AND h.kafka_topic_id = f.kafka_topic_id
      AND h.kafka_partition = f.kafka_partition
      AND h.kafka_offset = f.kafka_offset
  )
)
SELECT
  *,
{{include "registration_rank" . | indent 2}}
FROM records
