-- The state that the passes left, by partition.
SELECT
  kafka_topic,
  kafka_topic_id,
  kafka_partition,
  next_offset,
  records_above,
  ingest_floor,
  last_ingested_at
FROM core.progress
