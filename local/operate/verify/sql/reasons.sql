-- The rejects of each partition by reason add up to those of its books: one pass writes both.
SELECT 1 AS count,
  CONCAT(b.kafka_topic, '[', CAST(b.kafka_partition AS STRING), ']: rejected adds up to ', CAST(IFNULL(r.rejected, 0) AS STRING),
    ', analytics.books has ', CAST(b.rejected AS STRING)) AS text
FROM analytics.books AS b
LEFT JOIN (
  SELECT kafka_topic, kafka_topic_id, kafka_partition, SUM(rejected) AS rejected
  FROM analytics.rejections
  GROUP BY kafka_topic, kafka_topic_id, kafka_partition
) AS r USING (kafka_topic, kafka_topic_id, kafka_partition)
WHERE b.rejected != IFNULL(r.rejected, 0)
ORDER BY text
