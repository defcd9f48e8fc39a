-- The earliest vote is the voter's ballot. It counts in the region and groups of the
-- voter's current registration. The ballot of a voter who isn't registered is pending:
-- its state, age_group and gender are NULL. A ballot that is held already keeps its
-- record: contenders.sql hasn't read all of it. Where none moves, ballots_new.sql runs
-- instead.
MERGE INTO core.ballots AS t
USING (SELECT * FROM contenders WHERE rank = 1 AND moved) AS s
ON t.voter_key = s.voter_key
WHEN MATCHED AND s.held THEN UPDATE SET
  state = s.state,
  age_group = s.age_group,
  gender = s.gender,
  updated_at = @started
WHEN MATCHED THEN UPDATE SET
  kafka_log = s.kafka_log,
  kafka_topic = s.kafka_topic,
  kafka_topic_id = s.kafka_topic_id,
  kafka_partition = s.kafka_partition,
  kafka_offset = s.kafka_offset,
  kafka_timestamp = s.kafka_timestamp,
  vote_id = s.vote_id,
  candidate = s.candidate,
  candidate_image = s.candidate_image,
  voted_at = s.voted_at,
  polling_station = s.polling_station,
  state = s.state,
  age_group = s.age_group,
  gender = s.gender,
  updated_at = @started
WHEN NOT MATCHED THEN INSERT (
  voter_key, kafka_log, kafka_topic, kafka_topic_id, kafka_partition, kafka_offset, kafka_timestamp,
  vote_id, candidate, candidate_image, voted_at, polling_station,
  state, age_group, gender, updated_at
) VALUES (
  s.voter_key, s.kafka_log, s.kafka_topic, s.kafka_topic_id, s.kafka_partition, s.kafka_offset, s.kafka_timestamp,
  s.vote_id, s.candidate, s.candidate_image, s.voted_at, s.polling_station,
  s.state, s.age_group, s.gender, @started
)
