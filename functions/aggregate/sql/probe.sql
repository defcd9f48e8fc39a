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
  SELECT 'votes' AS source, kafka_topic, kafka_topic_id, kafka_partition, kafka_offset
  FROM raw.votes
  WHERE ingested_at >= @floor
  UNION ALL
  SELECT 'voters', kafka_topic, kafka_topic_id, kafka_partition, kafka_offset
  FROM raw.voters
  WHERE ingested_at >= @floor
  UNION ALL
  SELECT 'rejects', kafka_topic, kafka_topic_id, kafka_partition, kafka_offset
  FROM raw.rejects
  WHERE ingested_at >= @floor
) AS r
LEFT JOIN core.progress AS p
  ON p.kafka_topic = r.kafka_topic
  AND p.kafka_topic_id = r.kafka_topic_id
  AND p.kafka_partition = r.kafka_partition
WHERE r.kafka_offset >= IFNULL(p.next_offset, 0)
GROUP BY r.kafka_topic, r.kafka_topic_id, r.kafka_partition, r.source
