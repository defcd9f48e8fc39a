-- The rejected ones of the fresh records, and why.
SELECT f.kafka_topic, f.kafka_topic_id, f.kafka_partition, f.kafka_offset, f.reason
FROM (
  SELECT kafka_topic, kafka_topic_id, kafka_partition, kafka_offset, MIN(reason) AS reason
  FROM raw.rejects
  WHERE ingested_at >= @floor AND ingested_at < @until AND kafka_offset >= @rejects_from
  GROUP BY kafka_topic, kafka_topic_id, kafka_partition, kafka_offset
) AS f
JOIN fresh_records AS r
  ON r.kafka_topic = f.kafka_topic
  AND r.kafka_topic_id = f.kafka_topic_id
  AND r.kafka_partition = f.kafka_partition
  AND r.kafka_offset = f.kafka_offset
WHERE r.rejected
