-- The books of each partition.
INSERT INTO analytics.books (
  kafka_topic, kafka_topic_id, kafka_partition, records, accepted, duplicate, rejected, pending, gaps,
  first_offset, next_offset, last_offset, ahead, watermark, last_ingested_at, first_seen, updated_at
)
SELECT
  s.kafka_topic, s.kafka_topic_id, s.kafka_partition, s.records, s.accepted, s.duplicate, s.rejected, s.pending, s.gaps,
  s.first_offset, s.next_offset, s.last_offset, s.ahead, s.watermark, s.last_ingested_at, s.first_seen, @started::timestamptz
FROM (
{{include "books_counted" . | indent 2}}
) AS s
ON CONFLICT (kafka_topic, kafka_topic_id, kafka_partition) DO UPDATE SET
  records = excluded.records,
  accepted = excluded.accepted,
  duplicate = excluded.duplicate,
  rejected = excluded.rejected,
  pending = excluded.pending,
  gaps = excluded.gaps,
  first_offset = excluded.first_offset,
  next_offset = excluded.next_offset,
  last_offset = excluded.last_offset,
  ahead = excluded.ahead,
  watermark = excluded.watermark,
  last_ingested_at = excluded.last_ingested_at,
  updated_at = excluded.updated_at
