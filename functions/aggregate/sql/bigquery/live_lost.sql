-- The records above that don't count beside another of their voter, and are on record as
-- duplicates not yet.
SELECT r.kafka_topic, r.kafka_topic_id, r.kafka_partition
FROM (
  SELECT kafka_topic, kafka_topic_id, kafka_partition, kafka_offset FROM contenders WHERE rank > 1
  UNION ALL
  SELECT kafka_topic, kafka_topic_id, kafka_partition, kafka_offset FROM roll WHERE rank > 1
) AS r
LEFT JOIN core.duplicates AS d
  ON d.kafka_topic = r.kafka_topic
  AND d.kafka_topic_id = r.kafka_topic_id
  AND d.kafka_partition = r.kafka_partition
  AND d.kafka_offset = r.kafka_offset
WHERE d.kafka_topic IS NULL
