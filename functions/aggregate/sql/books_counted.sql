-- records and rejected are counted by offset in core.progress. accepted, pending and duplicate
-- are counted from the tables that hold the records. Because the two counts are independent,
-- it shows when the books don't balance.
SELECT
  p.kafka_topic,
  p.kafka_topic_id,
  p.kafka_partition,
  p.records + p.records_above AS records,
  COALESCE(w.accepted, 0) AS accepted,
  COALESCE(w.duplicate, 0) AS duplicate,
  p.rejected + p.rejected_above AS rejected,
  COALESCE(w.pending, 0) AS pending,
  p.last_offset + 1 - p.first_offset - p.records - p.records_above AS gaps,
  p.first_offset,
  p.next_offset,
  p.last_offset,
  COALESCE(w.ahead, 0) AS ahead,
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
