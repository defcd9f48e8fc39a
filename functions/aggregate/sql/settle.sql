-- Moves next_offset of each partition to the end of its settled prefix, which is as far
-- as its chain of records is whole. The next pass reads the records above it again:
-- ingest_floor is no later than any of them. first_offset may change until the first record
-- is settled.
MERGE INTO core.progress AS t
USING (
{{include "chain" .}}
) AS s
ON t.kafka_topic = s.kafka_topic
  AND t.kafka_topic_id = s.kafka_topic_id
  AND t.kafka_partition = s.kafka_partition
WHEN MATCHED THEN UPDATE SET
  first_offset = CASE WHEN t.next_offset > 0 THEN t.first_offset ELSE COALESCE(s.first_offset, t.first_offset) END,
  next_offset = s.next_offset,
  records = t.records + s.records,
  rejected = t.rejected + s.rejected,
  records_above = s.records_above,
  rejected_above = s.rejected_above,
  last_offset = GREATEST(t.last_offset, s.last_offset),
  ingest_floor = CASE
    WHEN s.records_above = 0 THEN GREATEST(t.ingest_floor, s.last_ingested_at)
    ELSE LEAST(t.ingest_floor, s.first_ingested_at)
  END,
  last_ingested_at = GREATEST(t.last_ingested_at, s.last_ingested_at),
  updated_at = @started
WHEN NOT MATCHED THEN INSERT (
  kafka_topic, kafka_topic_id, kafka_partition, first_offset, next_offset, records, rejected,
  records_above, rejected_above, last_offset, ingest_floor, last_ingested_at,
  first_seen, updated_at
) VALUES (
  s.kafka_topic, s.kafka_topic_id, s.kafka_partition, COALESCE(s.first_offset, 0), s.next_offset, s.records, s.rejected,
  s.records_above, s.rejected_above, s.last_offset,
  CASE WHEN s.records_above = 0 THEN s.last_ingested_at ELSE s.first_ingested_at END, s.last_ingested_at,
  @started, @started
)
