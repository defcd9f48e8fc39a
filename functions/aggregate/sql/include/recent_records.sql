SELECT 'votes' AS source, kafka_topic, kafka_topic_id, kafka_partition, kafka_offset, ingested_at
FROM raw.votes
WHERE ingested_at >= @floor
UNION ALL
SELECT 'voters', kafka_topic, kafka_topic_id, kafka_partition, kafka_offset, ingested_at
FROM raw.voters
WHERE ingested_at >= @floor
UNION ALL
SELECT 'rejects', kafka_topic, kafka_topic_id, kafka_partition, kafka_offset, ingested_at
FROM raw.rejects
WHERE ingested_at >= @floor
