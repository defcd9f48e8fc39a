-- The earliest vote is the voter's ballot. It counts in the region and groups of the
-- voter's current registration. The ballot of a voter who isn't registered is pending:
-- its state, age_group and gender are NULL.
-- A ballot that is known is found by its key. The others are new, and their keys needn't be
-- looked for.
UPDATE core.ballots AS b SET
  kafka_topic = c.kafka_topic,
  kafka_topic_id = c.kafka_topic_id,
  kafka_partition = c.kafka_partition,
  kafka_offset = c.kafka_offset,
  kafka_timestamp = c.kafka_timestamp,
  vote_id = c.vote_id,
  candidate = c.candidate,
  candidate_image = c.candidate_image,
  voted_at = c.voted_at,
  polling_station = c.polling_station,
  state = c.state,
  age_group = c.age_group,
  gender = c.gender,
  updated_at = @started::timestamptz
FROM contenders AS c
WHERE c.known AND c.rank = 1 AND c.moved AND b.voter_key = c.voter_key;
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
