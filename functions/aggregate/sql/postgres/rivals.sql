-- All votes of every voter of whom there are several records, ranked as in contenders.sql.
-- A voter of whom there is one record has nothing to rank: ballots_added.sql takes it from
-- fresh_votes. core.voters has the registrations of this pass already.
INSERT INTO contenders (
  voter_key, kafka_topic, kafka_topic_id, kafka_partition, kafka_offset, kafka_timestamp,
  vote_id, candidate, candidate_image, voted_at, polling_station,
  held_state, held_age_group, held_gender, held, known, state, age_group, gender, rank, moved
)
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
ranked AS (
  SELECT r.*, v.state, v.age_group, v.gender,
{{include "vote_rank" . | indent 4}}
  FROM records AS r
  LEFT JOIN LATERAL (
    SELECT v.state, v.age_group, v.gender FROM core.voters AS v WHERE v.voter_key = r.voter_key OFFSET 0
  ) AS v ON TRUE
)
SELECT
  *,
{{include "moved" . | indent 2}}
FROM ranked
