-- The votes of every voter who has a fresh one or a new registration, in order:
-- place 1 is the earliest and counts. held marks the row that core.ballots
-- holds; moved, the rows whose window or state in the books may change.
CREATE TEMP TABLE contest AS
WITH touched AS (
  SELECT voter_key FROM fresh_votes
  UNION DISTINCT
  SELECT voter_key FROM roll WHERE place = 1 AND NOT held
),
contenders AS (
  SELECT voter_key, kafka_topic, kafka_topic_id, kafka_partition, kafka_offset, kafka_timestamp,
    vote_id, candidate, candidate_image, voted_at, polling_station,
    CAST(NULL AS STRING) AS held_state,
    CAST(NULL AS STRING) AS held_age_group,
    CAST(NULL AS STRING) AS held_gender,
    FALSE AS held
  FROM fresh_votes
  UNION ALL
  SELECT voter_key, kafka_topic, kafka_topic_id, kafka_partition, kafka_offset, kafka_timestamp,
    vote_id, candidate, candidate_image, voted_at, polling_station,
    state, age_group, gender, TRUE
  FROM core.ballots
  WHERE voter_key IN (SELECT voter_key FROM touched)
),
records AS (
  SELECT *
  FROM contenders
  WHERE TRUE
  QUALIFY ROW_NUMBER() OVER (
    PARTITION BY kafka_topic, kafka_topic_id, kafka_partition, kafka_offset
    ORDER BY held DESC
  ) = 1
),
registered AS (
  SELECT voter_key, state, age_group, gender
  FROM core.voters
  WHERE voter_key IN (SELECT voter_key FROM touched)
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
    ) AS place
  FROM records AS r
  LEFT JOIN registered AS v ON v.voter_key = r.voter_key
)
SELECT
  *,
  NOT held
    OR place > 1
    OR held_state IS DISTINCT FROM state
    OR held_age_group IS DISTINCT FROM age_group
    OR held_gender IS DISTINCT FROM gender AS moved
FROM ranked
