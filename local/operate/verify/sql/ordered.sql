-- The records, each with the offset of the one before it in raw. Other files have it in their
-- WITH, after records.
ordered AS (
  SELECT *,
    LAG(kafka_offset) OVER (PARTITION BY kafka_topic, kafka_topic_id, kafka_partition ORDER BY kafka_offset) AS before
  FROM records
)
