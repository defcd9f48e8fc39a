SELECT r.kafka_topic, r.kafka_topic_id, r.kafka_partition, r.reason,
  sum(r.settled)::bigint AS settled,
  sum(r.above)::bigint AS above
FROM (
  SELECT f.kafka_topic, f.kafka_topic_id, f.kafka_partition, r.reason,
    CASE WHEN f.kafka_offset < p.next_offset THEN 1 ELSE 0 END AS settled,
    CASE WHEN f.kafka_offset < p.next_offset THEN 0 ELSE 1 END AS above
  FROM fresh_records AS f
  JOIN core.progress AS p
    ON p.kafka_topic = f.kafka_topic
    AND p.kafka_topic_id = f.kafka_topic_id
    AND p.kafka_partition = f.kafka_partition
  CROSS JOIN LATERAL (
    SELECT min(r.reason) AS reason -- found in the index of records
    FROM raw.rejects AS r
    WHERE r.kafka_topic = f.kafka_topic
      AND r.kafka_topic_id = f.kafka_topic_id
      AND r.kafka_partition = f.kafka_partition
      AND r.kafka_offset = f.kafka_offset
      AND r.ingested_at >= @floor
      AND r.ingested_at < @until
  ) AS r
  WHERE f.rejected
  UNION ALL
  SELECT known.kafka_topic, known.kafka_topic_id, known.kafka_partition, known.reason, 0, 0
  FROM analytics.rejections AS known
  JOIN (SELECT DISTINCT kafka_topic, kafka_topic_id, kafka_partition FROM fresh_records) AS f
    ON f.kafka_topic = known.kafka_topic
    AND f.kafka_topic_id = known.kafka_topic_id
    AND f.kafka_partition = known.kafka_partition
) AS r
GROUP BY r.kafka_topic, r.kafka_topic_id, r.kafka_partition, r.reason
