{{- /* Above is above.sql for the rejects. */ -}}
-- Rejected records above the settled offsets, one row per record.
INSERT INTO fresh_rejects (
  kafka_topic, kafka_topic_id, kafka_partition, kafka_offset, kafka_follows, ingested_at
)
SELECT kafka_topic, kafka_topic_id, kafka_partition, kafka_offset, kafka_follows, ingested_at
FROM {{.Above}}
