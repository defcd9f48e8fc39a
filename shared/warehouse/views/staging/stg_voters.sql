-- One row per registration record: raw.voters without the copies that a
-- repeated delivery left. Of copies the newest: one that was read again after a
-- column was added has it.
SELECT
  * EXCEPT (copy)
FROM (
  SELECT
    *,
    ROW_NUMBER() OVER (
      PARTITION BY kafka_topic_id, kafka_partition, kafka_offset
      ORDER BY ingested_at DESC
    ) AS copy
  FROM `${project}.${prefix}raw.voters`
)
WHERE copy = 1
