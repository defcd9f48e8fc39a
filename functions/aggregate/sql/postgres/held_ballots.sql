-- The ballots that are held of the voters who have a fresh vote or a new registration.
-- Voters are looked up one by one: it costs the same however many ballots there are.
INSERT INTO held_ballots (
  voter_key, kafka_topic, kafka_topic_id, kafka_partition, kafka_offset, kafka_timestamp,
  vote_id, candidate, candidate_image, voted_at, polling_station,
  held_state, held_age_group, held_gender
)
SELECT DISTINCT ON (t.voter_key)
  t.voter_key, b.kafka_topic, b.kafka_topic_id, b.kafka_partition, b.kafka_offset, b.kafka_timestamp,
  b.vote_id, b.candidate, b.candidate_image, b.voted_at, b.polling_station,
  b.state, b.age_group, b.gender
FROM (
  SELECT voter_key FROM fresh_votes
  UNION ALL
  SELECT voter_key FROM roll WHERE rank = 1 AND NOT held
  OFFSET 0
) AS t
CROSS JOIN LATERAL (
  SELECT * FROM core.ballots AS b WHERE b.voter_key = t.voter_key OFFSET 0
) AS b
