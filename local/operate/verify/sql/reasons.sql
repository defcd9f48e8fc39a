-- The rejects of each partition by reason add up to those of its books: one pass writes both.
SELECT 1 AS count,
  CONCAT(b.kafka_topic, '[', {{text "b.kafka_partition"}}, ']: rejected adds up to ', {{text "COALESCE(r.rejected, 0)"}},
    ', analytics.books has ', {{text "b.rejected"}}) AS text
FROM analytics.books AS b
LEFT JOIN (
  SELECT kafka_topic, kafka_topic_id, kafka_partition, {{integer "SUM(rejected)"}} AS rejected
  FROM analytics.rejections
  GROUP BY kafka_topic, kafka_topic_id, kafka_partition
) AS r USING (kafka_topic, kafka_topic_id, kafka_partition)
WHERE b.rejected != COALESCE(r.rejected, 0)
ORDER BY text
