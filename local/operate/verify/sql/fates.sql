-- What became of the valid records that are counted.
SELECT kafka_topic, kafka_topic_id, kafka_partition, kafka_offset, kafka_timestamp,
  voted_at AS event_time, CASE WHEN state IS NULL THEN 'pending' ELSE 'accepted' END AS fate
FROM core.ballots
UNION ALL
SELECT kafka_topic, kafka_topic_id, kafka_partition, kafka_offset, kafka_timestamp, kafka_timestamp, 'accepted'
FROM core.voters
UNION ALL
SELECT kafka_topic, kafka_topic_id, kafka_partition, kafka_offset, kafka_timestamp, event_time, 'duplicate'
FROM core.duplicates
