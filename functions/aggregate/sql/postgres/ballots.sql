-- The earliest vote of a voter whose ballot isn't known is the ballot, whose key needn't be
-- looked for. It counts in the region and groups of the voter's current registration. The
-- ballot of a voter who isn't registered is pending: its state, age_group and gender are NULL.
INSERT INTO core.ballots (
  voter_key, kafka_topic, kafka_topic_id, kafka_partition, kafka_offset, kafka_timestamp,
  vote_id, candidate, candidate_image, voted_at, polling_station,
  state, age_group, gender, updated_at
)
SELECT
  voter_key, kafka_topic, kafka_topic_id, kafka_partition, kafka_offset, kafka_timestamp,
  vote_id, candidate, candidate_image, voted_at, polling_station,
  state, age_group, gender, @started::timestamptz
FROM contenders
WHERE NOT known AND rank = 1 AND moved
