-- What the passes have settled, by partition. unbalanced is whether the books of the
-- partition don't balance, or are missing: a record is missing or counted twice.
SELECT
  p.kafka_topic,
  p.kafka_topic_id,
  p.kafka_partition,
  p.next_offset,
  p.records_above,
  p.ingest_floor,
  p.last_ingested_at,
  p.updated_at,
  COALESCE(b.records != b.accepted + b.duplicate + b.rejected + b.pending, TRUE) AS unbalanced
FROM core.progress AS p
LEFT JOIN analytics.books AS b
  ON b.kafka_topic = p.kafka_topic
  AND b.kafka_topic_id = p.kafka_topic_id
  AND b.kafka_partition = p.kafka_partition
