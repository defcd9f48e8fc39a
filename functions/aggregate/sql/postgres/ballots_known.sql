-- The earliest vote of a voter whose ballot is known becomes the ballot, and takes the region
-- and groups of the voter's current registration. It is found by its key.
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
WHERE c.known AND c.rank = 1 AND c.moved AND b.voter_key = c.voter_key
