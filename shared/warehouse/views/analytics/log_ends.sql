-- How far each partition's log reached on Kafka, and how far it was carried, one
-- row a partition and report. For: whether everything is counted, limited by
-- ingested_at.
SELECT
  kafka_topic,
  kafka_topic_id,
  kafka_partition,
  partitions,
  log_start,
  last_stable,
  log_end,
  next_offset,
  last_record,
  deleted,
  open_transactions,
  observed_at,
  ingested_at
FROM `${project}.${prefix}raw.log_ends`
