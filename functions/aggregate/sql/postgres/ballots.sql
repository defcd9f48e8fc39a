-- Rebuilds run this, a pass doesn't: see ballots_known.sql and ballots_added.sql.
-- New ballots: the earliest votes of voters of whom core.ballots has none, so that no key is
-- looked for. A ballot counts in the region and groups of the voter's current registration. The
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
