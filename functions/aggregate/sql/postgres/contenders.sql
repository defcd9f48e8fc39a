-- All votes of every voter who has a fresh vote or a new registration, ranked. Rank 1
-- is the earliest and counts. held marks the row that core.ballots holds, and known the
-- rows of a voter of whom it holds one. moved marks the rows whose window, or whose state
-- in the books, may change.
-- Voters are looked up in the order of their keys, which is that of the indexes, one by
-- one: it costs the same however many there are.
-- Rebuilds and readers run this, a pass doesn't: see rivals.sql.
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
found AS MATERIALIZED (
  SELECT t.voter_key, v.state AS now_state, v.age_group AS now_age_group, v.gender AS now_gender,
    b.voter_key AS held_key, b.kafka_topic, b.kafka_topic_id, b.kafka_partition, b.kafka_offset, b.kafka_timestamp,
    b.vote_id, b.candidate, b.candidate_image, b.voted_at, b.polling_station, b.state, b.age_group, b.gender
  FROM (SELECT voter_key FROM touched ORDER BY voter_key OFFSET 0) AS t
  LEFT JOIN LATERAL (
    SELECT * FROM core.ballots AS b WHERE b.voter_key = t.voter_key OFFSET 0
  ) AS b ON TRUE
  LEFT JOIN LATERAL (
    SELECT * FROM core.voters AS v WHERE v.voter_key = t.voter_key OFFSET 0
  ) AS v ON TRUE
),
records AS (
  SELECT voter_key, kafka_topic, kafka_topic_id, kafka_partition, kafka_offset, kafka_timestamp,
    vote_id, candidate, candidate_image, voted_at, polling_station,
    state AS held_state, age_group AS held_age_group, gender AS held_gender, TRUE AS held, TRUE AS known,
    now_state, now_age_group, now_gender
  FROM found
  WHERE held_key IS NOT NULL
  UNION ALL
  SELECT f.voter_key, f.kafka_topic, f.kafka_topic_id, f.kafka_partition, f.kafka_offset, f.kafka_timestamp,
    f.vote_id, f.candidate, f.candidate_image, f.voted_at, f.polling_station,
    NULL, NULL, NULL, FALSE, k.held_key IS NOT NULL,
    k.now_state, k.now_age_group, k.now_gender
  FROM fresh_votes AS f
  JOIN found AS k ON k.voter_key = f.voter_key
  WHERE (k.kafka_topic, k.kafka_topic_id, k.kafka_partition, k.kafka_offset)
    IS DISTINCT FROM (f.kafka_topic, f.kafka_topic_id, f.kafka_partition, f.kafka_offset)
),
registered AS (
  SELECT voter_key, state, age_group, gender
  FROM roll
  WHERE rank = 1
),
ranked AS (
  SELECT
    r.voter_key, r.kafka_topic, r.kafka_topic_id, r.kafka_partition, r.kafka_offset, r.kafka_timestamp,
    r.vote_id, r.candidate, r.candidate_image, r.voted_at, r.polling_station,
    r.held_state, r.held_age_group, r.held_gender, r.held, r.known,
    coalesce(v.state, r.now_state) AS state,
    coalesce(v.age_group, r.now_age_group) AS age_group,
    coalesce(v.gender, r.now_gender) AS gender,
{{include "vote_rank" . | indent 4}}
  FROM records AS r
  LEFT JOIN registered AS v ON v.voter_key = r.voter_key
)
SELECT
  *,
{{include "moved" . | indent 2}}
FROM ranked
