-- All votes of every voter who has a fresh vote or a new registration, ranked. Rank 1
-- is the earliest and counts. held marks the row that core.ballots holds, and known the
-- rows of a voter of whom it holds one. moved marks the rows whose window, or whose state
-- in the books, may change.
-- Voters are looked up in the order of their keys, which is that of the indexes, one by
-- one: it costs the same however many there are.
INSERT INTO contenders (
  voter_key, kafka_topic, kafka_topic_id, kafka_partition, kafka_offset, kafka_timestamp,
  vote_id, candidate, candidate_image, voted_at, polling_station,
  held_state, held_age_group, held_gender, held, known, state, age_group, gender, rank, moved
)
WITH touched AS (
  SELECT voter_key FROM fresh_votes
  UNION
  SELECT voter_key FROM roll WHERE rank = 1 AND NOT held
),
ballots AS MATERIALIZED (
  SELECT b.*
  FROM (SELECT voter_key FROM touched ORDER BY voter_key OFFSET 0) AS t
  CROSS JOIN LATERAL (
    SELECT * FROM core.ballots AS b WHERE b.voter_key = t.voter_key OFFSET 0
  ) AS b
),
records AS (
  SELECT voter_key, kafka_topic, kafka_topic_id, kafka_partition, kafka_offset, kafka_timestamp,
    vote_id, candidate, candidate_image, voted_at, polling_station,
    state AS held_state, age_group AS held_age_group, gender AS held_gender, TRUE AS held, TRUE AS known
  FROM ballots
  UNION ALL
  SELECT f.voter_key, f.kafka_topic, f.kafka_topic_id, f.kafka_partition, f.kafka_offset, f.kafka_timestamp,
    f.vote_id, f.candidate, f.candidate_image, f.voted_at, f.polling_station,
    NULL, NULL, NULL, FALSE, b.voter_key IS NOT NULL
  FROM fresh_votes AS f
  LEFT JOIN ballots AS b ON b.voter_key = f.voter_key
  WHERE (b.kafka_topic, b.kafka_topic_id, b.kafka_partition, b.kafka_offset)
    IS DISTINCT FROM (f.kafka_topic, f.kafka_topic_id, f.kafka_partition, f.kafka_offset)
),
ranked AS (
  SELECT
    *,
    row_number() OVER (
      PARTITION BY r.voter_key
      ORDER BY r.kafka_timestamp, r.kafka_partition, r.kafka_offset, r.kafka_topic_id
    ) AS rank
  FROM records AS r
),
registered AS (
  SELECT voter_key, state, age_group, gender
  FROM roll
  WHERE rank = 1
),
placed AS (
  SELECT
    r.voter_key, r.kafka_topic, r.kafka_topic_id, r.kafka_partition, r.kafka_offset, r.kafka_timestamp,
    r.vote_id, r.candidate, r.candidate_image, r.voted_at, r.polling_station,
    r.held_state, r.held_age_group, r.held_gender, r.held, r.known,
    coalesce(n.state, v.state) AS state,
    coalesce(n.age_group, v.age_group) AS age_group,
    coalesce(n.gender, v.gender) AS gender,
    r.rank
  FROM ranked AS r
  LEFT JOIN LATERAL (
    SELECT state, age_group, gender FROM core.voters AS v WHERE v.voter_key = r.voter_key OFFSET 0
  ) AS v ON TRUE
  LEFT JOIN registered AS n ON n.voter_key = r.voter_key
)
SELECT
  *,
  NOT held
    OR rank > 1
    OR held_state IS DISTINCT FROM state
    OR held_age_group IS DISTINCT FROM age_group
    OR held_gender IS DISTINCT FROM gender AS moved
FROM placed
