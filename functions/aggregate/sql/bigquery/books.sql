-- The books of each partition. records and rejected are counted by offset in
-- core.progress. accepted, pending and duplicate are counted from the tables that
-- hold the records. Because the two counts are independent, it shows when the books
-- don't balance.
MERGE INTO analytics.books AS t
USING (
  SELECT
    p.kafka_topic,
    p.kafka_topic_id,
    p.kafka_partition,
    p.records + p.records_above AS records,
    IFNULL(w.accepted, 0) AS accepted,
    IFNULL(w.duplicate, 0) AS duplicate,
    p.rejected + p.rejected_above AS rejected,
    IFNULL(w.pending, 0) AS pending,
    p.last_offset + 1 - p.first_offset - p.records - p.records_above AS gaps,
    p.first_offset,
    p.next_offset,
    p.last_offset,
    IFNULL(w.ahead, 0) AS ahead,
    w.watermark,
    p.last_ingested_at,
    p.first_seen
  FROM core.progress AS p
  LEFT JOIN (
    SELECT kafka_topic, kafka_topic_id, kafka_partition,
      SUM(accepted) AS accepted, SUM(duplicate) AS duplicate, SUM(pending) AS pending,
      SUM(ahead) AS ahead, MAX(watermark) AS watermark
    FROM core.book_windows
    GROUP BY kafka_topic, kafka_topic_id, kafka_partition
  ) AS w
    ON w.kafka_topic = p.kafka_topic
    AND w.kafka_topic_id = p.kafka_topic_id
    AND w.kafka_partition = p.kafka_partition
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
