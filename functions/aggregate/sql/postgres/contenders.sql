-- All votes of every voter who has a fresh vote or a new registration, ranked. Rank 1
-- is the earliest and counts. held marks the row that core.ballots holds. moved marks
-- the rows whose window, or whose state in the books, may change.
INSERT INTO contenders (
  voter_key, kafka_topic, kafka_topic_id, kafka_partition, kafka_offset, kafka_timestamp,
  vote_id, candidate, candidate_image, voted_at, polling_station,
  held_state, held_age_group, held_gender, held, state, age_group, gender, rank, moved
)
WITH touched AS (
  SELECT voter_key FROM fresh_votes
  UNION
  SELECT voter_key FROM roll WHERE rank = 1 AND NOT held
),
held AS (
  SELECT b.voter_key, b.kafka_topic, b.kafka_topic_id, b.kafka_partition, b.kafka_offset, b.kafka_timestamp,
    b.vote_id, b.candidate, b.candidate_image, b.voted_at, b.polling_station,
    b.state AS held_state, b.age_group AS held_age_group, b.gender AS held_gender
  FROM touched AS t
  JOIN core.ballots AS b ON b.voter_key = t.voter_key
),
records AS (
  SELECT *, TRUE AS held FROM held
  UNION ALL
  SELECT f.voter_key, f.kafka_topic, f.kafka_topic_id, f.kafka_partition, f.kafka_offset, f.kafka_timestamp,
    f.vote_id, f.candidate, f.candidate_image, f.voted_at, f.polling_station, NULL, NULL, NULL, FALSE
  FROM fresh_votes AS f
  WHERE NOT EXISTS (
    SELECT
    FROM held AS h
    WHERE h.voter_key = f.voter_key
      AND h.kafka_topic = f.kafka_topic
      AND h.kafka_topic_id = f.kafka_topic_id
      AND h.kafka_partition = f.kafka_partition
      AND h.kafka_offset = f.kafka_offset
  )
),
registered AS (
  SELECT voter_key, state, age_group, gender
  FROM roll
  WHERE rank = 1
  UNION ALL
  SELECT v.voter_key, v.state, v.age_group, v.gender
  FROM touched AS t
  JOIN core.voters AS v ON v.voter_key = t.voter_key
  WHERE NOT EXISTS (SELECT FROM roll AS r WHERE r.voter_key = v.voter_key)
),
ranked AS (
  SELECT
    r.*,
    v.state,
    v.age_group,
    v.gender,
    row_number() OVER (
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
