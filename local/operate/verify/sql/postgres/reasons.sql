-- The rejects of each partition by reason add up to those of its books: one pass writes both.
SELECT 1::bigint AS count,
  concat(b.kafka_topic, '[', b.kafka_partition, ']: rejected adds up to ', coalesce(r.rejected, 0), ', analytics.books has ', b.rejected) AS text
FROM analytics.books AS b
LEFT JOIN (
  SELECT kafka_topic, kafka_topic_id, kafka_partition, sum(rejected)::bigint AS rejected
  FROM analytics.rejections
  GROUP BY kafka_topic, kafka_topic_id, kafka_partition
) AS r USING (kafka_topic, kafka_topic_id, kafka_partition)
WHERE b.rejected != coalesce(r.rejected, 0)
ORDER BY text
