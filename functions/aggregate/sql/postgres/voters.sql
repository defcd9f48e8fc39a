-- The latest registration of a voter replaces the one before.
INSERT INTO core.voters (
  voter_key, kafka_topic, kafka_topic_id, kafka_partition, kafka_offset, kafka_timestamp,
  state, age_group, gender, county, precinct, updated_at
)
SELECT
  voter_key, kafka_topic, kafka_topic_id, kafka_partition, kafka_offset, kafka_timestamp,
  state, age_group, gender, county, precinct, @started::timestamptz
FROM roll
WHERE rank = 1 AND NOT held
ON CONFLICT (voter_key) DO UPDATE SET
  kafka_topic = excluded.kafka_topic,
  kafka_topic_id = excluded.kafka_topic_id,
  kafka_partition = excluded.kafka_partition,
  kafka_offset = excluded.kafka_offset,
  kafka_timestamp = excluded.kafka_timestamp,
  state = excluded.state,
  age_group = excluded.age_group,
  gender = excluded.gender,
  county = excluded.county,
  precinct = excluded.precinct,
  updated_at = excluded.updated_at
