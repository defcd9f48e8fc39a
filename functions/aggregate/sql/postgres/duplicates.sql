-- Records that rank below the first don't count. They stay on record here. A record's
-- rank only gets worse as others arrive, so a duplicate stays one.
-- lost takes those that weren't on record before: ballots_added.sql counts them.
WITH added AS (
  INSERT INTO core.duplicates (
    kafka_topic, kafka_topic_id, kafka_partition, kafka_offset, kafka_timestamp,
    voter_key, event_time, updated_at
  )
  SELECT kafka_topic, kafka_topic_id, kafka_partition, kafka_offset, kafka_timestamp,
    voter_key, voted_at, @started::timestamptz
  FROM contenders
  WHERE rank > 1
  UNION ALL
  SELECT kafka_topic, kafka_topic_id, kafka_partition, kafka_offset, kafka_timestamp,
    voter_key, kafka_timestamp, @started::timestamptz
  FROM roll
  WHERE rank > 1
  ON CONFLICT (kafka_topic, kafka_topic_id, kafka_partition, kafka_offset) DO NOTHING
  RETURNING kafka_topic, kafka_topic_id, kafka_partition, event_time
)
INSERT INTO lost (kafka_topic, kafka_topic_id, kafka_partition, event_time)
SELECT kafka_topic, kafka_topic_id, kafka_partition, event_time
FROM added
