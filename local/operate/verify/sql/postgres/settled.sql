-- The settled offset of each partition.
SELECT kafka_topic, kafka_topic_id, kafka_partition, min(next_offset) AS next_offset
FROM core.progress
GROUP BY kafka_topic, kafka_topic_id, kafka_partition
