-- The rejected ones of the fresh records, and why. Each is found in the index of records.
SELECT f.kafka_topic, f.kafka_topic_id, f.kafka_partition, f.kafka_offset, r.reason
FROM fresh_records AS f
CROSS JOIN LATERAL (
  SELECT min(r.reason) AS reason
  FROM raw.rejects AS r
  WHERE r.kafka_topic = f.kafka_topic
    AND r.kafka_topic_id = f.kafka_topic_id
    AND r.kafka_partition = f.kafka_partition
    AND r.kafka_offset = f.kafka_offset
    AND r.ingested_at >= @floor
    AND r.ingested_at < @until
) AS r
WHERE f.rejected
