-- All registrations of every voter who has a fresh one, ranked. Rank 1 is the latest
-- and is current. held marks the row that core.voters holds; of it only the columns are
-- read that decide.
CREATE TEMP TABLE roll AS
WITH logs AS (
{{include "logs" . | indent 2}}
),
held AS (
  SELECT v.voter_key, v.kafka_log,
    IFNULL(l.kafka_topic, ERROR('the kafka_log of a registration names no partition: rebuild everything')) AS kafka_topic,
    l.kafka_topic_id, l.kafka_partition, v.kafka_offset, v.kafka_timestamp, v.state, v.age_group, v.gender
  FROM core.voters AS v
  LEFT JOIN logs AS l ON l.kafka_log = v.kafka_log
  WHERE v.voter_key IN (SELECT voter_key FROM fresh_voters)
),
records AS (
  SELECT voter_key, kafka_log, kafka_topic, kafka_topic_id, kafka_partition, kafka_offset, kafka_timestamp,
    state, age_group, gender, CAST(NULL AS STRING) AS county, CAST(NULL AS STRING) AS precinct, TRUE AS held
  FROM held
  UNION ALL
  SELECT f.voter_key, l.kafka_log, f.kafka_topic, f.kafka_topic_id, f.kafka_partition, f.kafka_offset, f.kafka_timestamp,
    f.state, f.age_group, f.gender, f.county, f.precinct, FALSE
  FROM fresh_voters AS f
  JOIN logs AS l
    ON l.kafka_topic = f.kafka_topic
    AND l.kafka_topic_id = f.kafka_topic_id
    AND l.kafka_partition = f.kafka_partition
  LEFT JOIN held AS h
    ON h.voter_key = f.voter_key
    AND h.kafka_log = l.kafka_log
    AND h.kafka_offset = f.kafka_offset
  WHERE h.voter_key IS NULL
)
SELECT
  *,
{{include "registration_rank" . | indent 2}}
FROM records
