-- All votes of every voter who has a fresh vote or a new registration, ranked. Rank 1
-- is the earliest and counts. held marks the row that core.ballots holds. moved marks
-- the rows whose window, or whose state in the books, may change.
CREATE TEMP TABLE contenders AS
WITH touched AS (
  SELECT voter_key FROM fresh_votes
  UNION DISTINCT
  SELECT voter_key FROM roll WHERE rank = 1 AND NOT held
),
held AS (
  SELECT voter_key, kafka_topic, kafka_topic_id, kafka_partition, kafka_offset, kafka_timestamp,
    vote_id, candidate, candidate_image, voted_at, polling_station,
    state AS held_state, age_group AS held_age_group, gender AS held_gender
  FROM core.ballots
  WHERE voter_key IN (SELECT voter_key FROM touched)
),
records AS (
  SELECT *, TRUE AS held FROM held
  UNION ALL
  SELECT f.voter_key, f.kafka_topic, f.kafka_topic_id, f.kafka_partition, f.kafka_offset, f.kafka_timestamp,
    f.vote_id, f.candidate, f.candidate_image, f.voted_at, f.polling_station, NULL, NULL, NULL, FALSE
  FROM fresh_votes AS f
  LEFT JOIN held AS h
    ON h.voter_key = f.voter_key
    AND h.kafka_topic = f.kafka_topic
    AND h.kafka_topic_id = f.kafka_topic_id
    AND h.kafka_partition = f.kafka_partition
    AND h.kafka_offset = f.kafka_offset
  WHERE h.voter_key IS NULL
),
registered AS (
  SELECT voter_key, state, age_group, gender
  FROM roll
  WHERE rank = 1
  UNION ALL
  SELECT voter_key, state, age_group, gender
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
    ROW_NUMBER() OVER (
      PARTITION BY r.voter_key
      ORDER BY r.kafka_timestamp, r.kafka_partition, r.kafka_offset, r.kafka_topic_id
    ) AS rank
  FROM records AS r
  LEFT JOIN registered AS v ON v.voter_key = r.voter_key
)
SELECT
  *,
  NOT held
    OR rank > 1
    OR held_state IS DISTINCT FROM state
    OR held_age_group IS DISTINCT FROM age_group
    OR held_gender IS DISTINCT FROM gender AS moved
FROM ranked
