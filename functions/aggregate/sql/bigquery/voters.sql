-- The latest registration of a voter replaces the one before.
MERGE INTO core.voters AS t
USING (SELECT * FROM roll WHERE rank = 1 AND NOT held) AS s
ON t.voter_key = s.voter_key
WHEN MATCHED THEN UPDATE SET
  kafka_log = s.kafka_log,
  kafka_topic = s.kafka_topic,
  kafka_topic_id = s.kafka_topic_id,
  kafka_partition = s.kafka_partition,
  kafka_offset = s.kafka_offset,
  kafka_timestamp = s.kafka_timestamp,
  state = s.state,
  age_group = s.age_group,
  gender = s.gender,
  county = s.county,
  precinct = s.precinct,
  updated_at = @started
WHEN NOT MATCHED THEN INSERT (
  voter_key, kafka_log, kafka_topic, kafka_topic_id, kafka_partition, kafka_offset, kafka_timestamp,
  state, age_group, gender, county, precinct, updated_at
) VALUES (
  s.voter_key, s.kafka_log, s.kafka_topic, s.kafka_topic_id, s.kafka_partition, s.kafka_offset, s.kafka_timestamp,
  s.state, s.age_group, s.gender, s.county, s.precinct, @started
)
