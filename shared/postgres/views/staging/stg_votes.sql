-- One row per vote record: raw.votes without the copies that a repeated delivery
-- left. Of copies the newest: one that was read again after a column was added has it.
-- The view has the columns that raw.votes had when the view was created.
SELECT DISTINCT ON (kafka_topic_id, kafka_partition, kafka_offset) *
FROM raw.votes
ORDER BY kafka_topic_id, kafka_partition, kafka_offset, ingested_at DESC
