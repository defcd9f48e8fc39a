-- How many records are above the settled offsets, by partition and raw table. Nothing
-- is new where the counts are those that the last pass left (records_above).
SELECT
  kafka_topic,
  kafka_topic_id,
  kafka_partition,
  source,
  COUNT(DISTINCT kafka_offset) AS records,
  MIN(kafka_offset) AS from_offset
FROM recent
WHERE kafka_offset >= next_offset
GROUP BY kafka_topic, kafka_topic_id, kafka_partition, source
