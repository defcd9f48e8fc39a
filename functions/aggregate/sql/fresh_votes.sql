-- Votes above the settled offsets, one row per record.
-- Raw may hold a record twice. The copies differ in ingested_at and kafka_follows only.
-- A bridge that doesn't know the offset of the record before names one that is too high,
-- so the least kafka_follows is right.
-- fresh_voters.sql is the same query of the other topic. They are two files because each
-- runs as it is: what they share is spread over the query, between their columns.
CREATE TEMP TABLE fresh_votes AS
SELECT
  -- include record_of_r
  ANY_VALUE(r.kafka_timestamp) AS kafka_timestamp,
  ANY_VALUE(r.voter_key) AS voter_key,
  ANY_VALUE(r.vote_id) AS vote_id,
  ANY_VALUE(r.candidate) AS candidate,
  ANY_VALUE(r.candidate_image) AS candidate_image,
  ANY_VALUE(r.voted_at) AS voted_at,
  ANY_VALUE(r.polling_station) AS polling_station,
  MAX(r.ingested_at) AS ingested_at
FROM raw.votes AS r
-- include progress_of_r
WHERE r.ingested_at >= @floor
  AND r.ingested_at < @until
  AND r.kafka_offset >= @votes_from
  AND r.kafka_offset >= IFNULL(p.next_offset, 0)
GROUP BY r.kafka_topic, r.kafka_topic_id, r.kafka_partition, r.kafka_offset
