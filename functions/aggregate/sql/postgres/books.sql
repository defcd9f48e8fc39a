-- The books of each partition. records and rejected are counted by offset in
-- core.progress. accepted, pending and duplicate are counted from the tables that
-- hold the records. Because the two counts are independent, it shows when the books
-- don't balance.
INSERT INTO analytics.books (
  kafka_topic, kafka_topic_id, kafka_partition, records, accepted, duplicate, rejected, pending, gaps,
  first_offset, next_offset, last_offset, ahead, watermark, last_ingested_at, first_seen, updated_at
)
SELECT
  p.kafka_topic,
  p.kafka_topic_id,
  p.kafka_partition,
  p.records + p.records_above,
  coalesce(w.accepted, 0),
  coalesce(w.duplicate, 0),
  p.rejected + p.rejected_above,
  coalesce(w.pending, 0),
  p.last_offset + 1 - p.first_offset - p.records - p.records_above,
  p.first_offset,
  p.next_offset,
  p.last_offset,
  coalesce(w.ahead, 0),
  w.watermark,
  p.last_ingested_at,
  p.first_seen,
  @started::timestamptz
FROM core.progress AS p
LEFT JOIN (
  SELECT kafka_topic, kafka_topic_id, kafka_partition,
    sum(accepted) AS accepted, sum(duplicate) AS duplicate, sum(pending) AS pending,
    sum(ahead) AS ahead, max(watermark) AS watermark
  FROM core.book_windows
  GROUP BY kafka_topic, kafka_topic_id, kafka_partition
) AS w
  ON w.kafka_topic = p.kafka_topic
  AND w.kafka_topic_id = p.kafka_topic_id
  AND w.kafka_partition = p.kafka_partition
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
