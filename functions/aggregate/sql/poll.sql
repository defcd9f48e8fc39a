-- What stands in raw above the settled offsets, by partition. One cheap query:
-- when its counts are those that the last pass left, nothing is new.
SELECT
  r.kafka_topic,
  r.kafka_topic_id,
  r.kafka_partition,
  r.source,
  COUNT(DISTINCT r.kafka_offset) AS records,
  MIN(r.kafka_offset) AS from_offset
FROM (
  -- include recent_records
) AS r
-- include progress_of_r
WHERE r.kafka_offset >= IFNULL(p.next_offset, 0)
GROUP BY r.kafka_topic, r.kafka_topic_id, r.kafka_partition, r.source
