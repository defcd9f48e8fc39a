-- The books of each partition.
MERGE INTO analytics.books AS t
USING (
{{include "books_counted" . | indent 2}}
) AS s
ON t.kafka_topic = s.kafka_topic
  AND t.kafka_topic_id = s.kafka_topic_id
  AND t.kafka_partition = s.kafka_partition
WHEN MATCHED THEN UPDATE SET
  records = s.records,
  accepted = s.accepted,
  duplicate = s.duplicate,
  rejected = s.rejected,
  pending = s.pending,
  gaps = s.gaps,
  first_offset = s.first_offset,
  next_offset = s.next_offset,
  last_offset = s.last_offset,
  ahead = s.ahead,
  watermark = s.watermark,
  last_ingested_at = s.last_ingested_at,
  updated_at = @started
WHEN NOT MATCHED THEN INSERT (
  kafka_topic, kafka_topic_id, kafka_partition, records, accepted, duplicate, rejected, pending, gaps,
  first_offset, next_offset, last_offset, ahead, watermark, last_ingested_at, first_seen, updated_at
) VALUES (
  s.kafka_topic, s.kafka_topic_id, s.kafka_partition, s.records, s.accepted, s.duplicate, s.rejected, s.pending, s.gaps,
  s.first_offset, s.next_offset, s.last_offset, s.ahead, s.watermark, s.last_ingested_at, s.first_seen, @started
)
