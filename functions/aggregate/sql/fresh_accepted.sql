SELECT kafka_topic, kafka_topic_id, kafka_partition, kafka_offset, kafka_follows,
  FALSE AS rejected, ingested_at
FROM fresh_votes
UNION ALL
SELECT kafka_topic, kafka_topic_id, kafka_partition, kafka_offset, kafka_follows,
  FALSE, ingested_at
FROM fresh_voters
