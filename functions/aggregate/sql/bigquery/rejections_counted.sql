SELECT r.kafka_topic, r.kafka_topic_id, r.kafka_partition, r.reason,
  SUM(r.settled) AS settled,
  SUM(r.above) AS above
FROM (
  SELECT f.kafka_topic, f.kafka_topic_id, f.kafka_partition, f.reason,
    IF(f.kafka_offset < p.next_offset, 1, 0) AS settled,
    IF(f.kafka_offset < p.next_offset, 0, 1) AS above
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
  JOIN core.progress AS p
    ON p.kafka_topic = f.kafka_topic
    AND p.kafka_topic_id = f.kafka_topic_id
    AND p.kafka_partition = f.kafka_partition
  WHERE r.rejected
  UNION ALL
  SELECT known.kafka_topic, known.kafka_topic_id, known.kafka_partition, known.reason, 0, 0
  FROM analytics.rejections AS known
  JOIN (SELECT DISTINCT kafka_topic, kafka_topic_id, kafka_partition FROM fresh_records) AS f
    ON f.kafka_topic = known.kafka_topic
    AND f.kafka_topic_id = known.kafka_topic_id
    AND f.kafka_partition = known.kafka_partition
) AS r
GROUP BY r.kafka_topic, r.kafka_topic_id, r.kafka_partition, r.reason
