-- Records that rank below the first don't count. They stay on record here. A record's
-- rank only gets worse as others arrive, so a duplicate stays one.
MERGE INTO core.duplicates AS t
USING (
  SELECT kafka_topic, kafka_topic_id, kafka_partition, kafka_offset, kafka_timestamp,
    voter_key, voted_at AS event_time
  FROM contenders
  WHERE rank > 1
  UNION ALL
  SELECT kafka_topic, kafka_topic_id, kafka_partition, kafka_offset, kafka_timestamp,
    voter_key, kafka_timestamp
  FROM roll
  WHERE rank > 1
) AS s
ON t.kafka_topic = s.kafka_topic
  AND t.kafka_topic_id = s.kafka_topic_id
  AND t.kafka_partition = s.kafka_partition
  AND t.kafka_offset = s.kafka_offset
WHEN NOT MATCHED THEN INSERT (
  kafka_topic, kafka_topic_id, kafka_partition, kafka_offset, kafka_timestamp,
  voter_key, event_time, updated_at
) VALUES (
  s.kafka_topic, s.kafka_topic_id, s.kafka_partition, s.kafka_offset, s.kafka_timestamp,
  s.voter_key, s.event_time, @started
)
