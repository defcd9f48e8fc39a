SELECT
  kafka_topic,
  kafka_topic_id,
  kafka_partition,
  records,
  accepted,
  duplicate,
  rejected,
  pending,
  gaps,
  COALESCE(ahead, 0),
  first_offset,
  next_offset,
  last_offset,
  watermark,
  last_ingested_at,
  updated_at
FROM analytics.books
ORDER BY kafka_topic, kafka_topic_id, kafka_partition
