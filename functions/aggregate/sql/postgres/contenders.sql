{{- /* Held says that held_ballots has the ballots of the voters: see dialect.go. */ -}}
{{- define "rank"}}row_number() OVER (
      PARTITION BY r.voter_key
      ORDER BY r.kafka_timestamp, r.kafka_partition, r.kafka_offset, r.kafka_topic_id
    ) AS rank{{end -}}
-- All votes of every voter who has a fresh vote or a new registration, ranked. Rank 1
-- is the earliest and counts. held marks the row that core.ballots holds, and known the
-- rows of a voter of whom it holds one. moved marks the rows whose window, or whose state
-- in the books, may change.
{{- if .Held}}
-- A voter of whom there is one record has nothing to rank.
{{- else}}
-- Voters are looked up in the order of their keys, which is that of the indexes, one by
-- one: it costs the same however many there are.
{{- end}}
INSERT INTO contenders (
  voter_key, kafka_topic, kafka_topic_id, kafka_partition, kafka_offset, kafka_timestamp,
  vote_id, candidate, candidate_image, voted_at, polling_station,
  held_state, held_age_group, held_gender, held, known, state, age_group, gender, rank, moved
)
{{- if .Held}}
WITH rivals AS (
  SELECT voter_key FROM held_ballots
  UNION
  SELECT voter_key FROM fresh_votes GROUP BY voter_key HAVING count(*) > 1
),
records AS (
  SELECT voter_key, kafka_topic, kafka_topic_id, kafka_partition, kafka_offset, kafka_timestamp,
    vote_id, candidate, candidate_image, voted_at, polling_station,
    held_state, held_age_group, held_gender, TRUE AS held, TRUE AS known
  FROM held_ballots
  UNION ALL
  SELECT f.voter_key, f.kafka_topic, f.kafka_topic_id, f.kafka_partition, f.kafka_offset, f.kafka_timestamp,
    f.vote_id, f.candidate, f.candidate_image, f.voted_at, f.polling_station,
    NULL, NULL, NULL, FALSE, h.voter_key IS NOT NULL
  FROM (SELECT f.* FROM fresh_votes AS f JOIN rivals AS r ON r.voter_key = f.voter_key OFFSET 0) AS f
  LEFT JOIN held_ballots AS h ON h.voter_key = f.voter_key
  WHERE h.voter_key IS NULL
    OR (h.kafka_topic, h.kafka_topic_id, h.kafka_partition, h.kafka_offset)
      != (f.kafka_topic, f.kafka_topic_id, f.kafka_partition, f.kafka_offset)
),
{{- else}}
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
{{- end}}
registered AS (
  SELECT voter_key, state, age_group, gender
  FROM roll
  WHERE rank = 1
),
{{- if .Held}}
ranked AS (
  SELECT
    r.voter_key, r.kafka_topic, r.kafka_topic_id, r.kafka_partition, r.kafka_offset, r.kafka_timestamp,
    r.vote_id, r.candidate, r.candidate_image, r.voted_at, r.polling_station,
    r.held_state, r.held_age_group, r.held_gender, r.held, r.known,
    coalesce(n.state, v.state) AS state,
    coalesce(n.age_group, v.age_group) AS age_group,
    coalesce(n.gender, v.gender) AS gender,
    r.rank
  FROM (
    SELECT f.voter_key, f.kafka_topic, f.kafka_topic_id, f.kafka_partition, f.kafka_offset, f.kafka_timestamp,
      f.vote_id, f.candidate, f.candidate_image, f.voted_at, f.polling_station,
      NULL AS held_state, NULL AS held_age_group, NULL AS held_gender, FALSE AS held, FALSE AS known,
      1 AS rank
    FROM fresh_votes AS f
    WHERE NOT EXISTS (SELECT FROM rivals AS r WHERE r.voter_key = f.voter_key)
    UNION ALL
    SELECT *, {{template "rank"}}
    FROM records AS r
  ) AS r
  LEFT JOIN LATERAL (
    SELECT v.state, v.age_group, v.gender FROM core.voters AS v WHERE v.voter_key = r.voter_key OFFSET 0
  ) AS v ON TRUE
  LEFT JOIN registered AS n ON n.voter_key = r.voter_key
)
{{- else}}
ranked AS (
  SELECT
    r.voter_key, r.kafka_topic, r.kafka_topic_id, r.kafka_partition, r.kafka_offset, r.kafka_timestamp,
    r.vote_id, r.candidate, r.candidate_image, r.voted_at, r.polling_station,
    r.held_state, r.held_age_group, r.held_gender, r.held, r.known,
    coalesce(v.state, r.now_state) AS state,
    coalesce(v.age_group, r.now_age_group) AS age_group,
    coalesce(v.gender, r.now_gender) AS gender,
    {{template "rank"}}
  FROM records AS r
  LEFT JOIN registered AS v ON v.voter_key = r.voter_key
)
{{- end}}
SELECT
  *,
  NOT held
    OR rank > 1
    OR held_state IS DISTINCT FROM state
    OR held_age_group IS DISTINCT FROM age_group
    OR held_gender IS DISTINCT FROM gender AS moved
FROM ranked
