-- All votes of every voter who has a fresh vote or a new registration, ranked. Rank 1
-- is the earliest and counts. held marks the row that core.ballots holds. moved marks
-- the rows whose window, or whose state in the books, may change.
-- Until this pass a held ballot counted by the registration that its voter had then:
-- held_state, held_age_group, held_gender. Of core.ballots only the columns are read that decide:
-- BigQuery bills them for all voters.
CREATE TEMP TABLE contenders AS
WITH touched AS (
  SELECT voter_key FROM fresh_votes
  UNION DISTINCT
  SELECT voter_key FROM roll WHERE rank = 1 AND NOT held
),
logs AS (
{{include "logs" . | indent 2}}
),
held AS (
  SELECT b.voter_key, b.kafka_log,
    IFNULL(l.kafka_topic, ERROR('the kafka_log of a ballot names no partition: rebuild everything')) AS kafka_topic,
    l.kafka_topic_id, l.kafka_partition, b.kafka_offset, b.kafka_timestamp, b.candidate, b.voted_at
  FROM core.ballots AS b
  LEFT JOIN logs AS l ON l.kafka_log = b.kafka_log
  WHERE b.voter_key IN (SELECT voter_key FROM touched)
),
records AS (
  SELECT voter_key, kafka_log, kafka_topic, kafka_topic_id, kafka_partition, kafka_offset, kafka_timestamp,
    CAST(NULL AS STRING) AS vote_id, candidate, CAST(NULL AS STRING) AS candidate_image, voted_at,
    CAST(NULL AS STRING) AS polling_station, TRUE AS held
  FROM held
  UNION ALL
  SELECT f.voter_key, l.kafka_log, f.kafka_topic, f.kafka_topic_id, f.kafka_partition, f.kafka_offset, f.kafka_timestamp,
    f.vote_id, f.candidate, f.candidate_image, f.voted_at, f.polling_station, FALSE
  FROM fresh_votes AS f
  JOIN logs AS l
    ON l.kafka_topic = f.kafka_topic
    AND l.kafka_topic_id = f.kafka_topic_id
    AND l.kafka_partition = f.kafka_partition
  LEFT JOIN held AS h
    ON h.voter_key = f.voter_key
    AND h.kafka_log = l.kafka_log
    AND h.kafka_offset = f.kafka_offset
  WHERE h.voter_key IS NULL
),
registered AS (
  SELECT voter_key,
    MAX(IF(rank = 1, state, NULL)) AS state,
    MAX(IF(rank = 1, age_group, NULL)) AS age_group,
    MAX(IF(rank = 1, gender, NULL)) AS gender,
    MAX(IF(held, state, NULL)) AS held_state,
    MAX(IF(held, age_group, NULL)) AS held_age_group,
    MAX(IF(held, gender, NULL)) AS held_gender
  FROM roll
  GROUP BY voter_key
  UNION ALL
  SELECT voter_key, state, age_group, gender, state, age_group, gender
  FROM core.voters
  WHERE voter_key IN (SELECT voter_key FROM touched)
    AND voter_key NOT IN (SELECT voter_key FROM roll)
),
ranked AS (
  SELECT
    r.*,
    v.state,
    v.age_group,
    v.gender,
    IF(r.held, v.held_state, NULL) AS held_state,
    IF(r.held, v.held_age_group, NULL) AS held_age_group,
    IF(r.held, v.held_gender, NULL) AS held_gender,
{{include "vote_rank" . | indent 4}}
  FROM records AS r
  LEFT JOIN registered AS v ON v.voter_key = r.voter_key
)
SELECT
  *,
{{include "moved" . | indent 2}}
FROM ranked
