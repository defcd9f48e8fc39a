-- The earliest vote is the voter's ballot. It counts in the region and groups of the
-- voter's current registration. The ballot of a voter who isn't registered is pending:
-- its state, age_group and gender are NULL.
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
WHERE rank = 1 AND moved
ON CONFLICT (voter_key) DO UPDATE SET
  kafka_topic = excluded.kafka_topic,
  kafka_topic_id = excluded.kafka_topic_id,
  kafka_partition = excluded.kafka_partition,
  kafka_offset = excluded.kafka_offset,
  kafka_timestamp = excluded.kafka_timestamp,
  vote_id = excluded.vote_id,
  candidate = excluded.candidate,
  candidate_image = excluded.candidate_image,
  voted_at = excluded.voted_at,
  polling_station = excluded.polling_station,
  state = excluded.state,
  age_group = excluded.age_group,
  gender = excluded.gender,
  updated_at = excluded.updated_at
