-- The ballots of voters who had none. BigQuery bills an insert for nothing of the table,
-- and a MERGE for all of it: this runs instead of ballots.sql where no held ballot moves.
INSERT INTO core.ballots (
  voter_key, kafka_log, kafka_topic, kafka_topic_id, kafka_partition, kafka_offset, kafka_timestamp,
  vote_id, candidate, candidate_image, voted_at, polling_station,
  state, age_group, gender, updated_at
)
SELECT
  voter_key, kafka_log, kafka_topic, kafka_topic_id, kafka_partition, kafka_offset, kafka_timestamp,
  vote_id, candidate, candidate_image, voted_at, polling_station,
  state, age_group, gender, @started
FROM contenders
WHERE rank = 1 AND moved
