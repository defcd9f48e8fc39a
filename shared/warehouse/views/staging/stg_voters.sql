-- One row per registration record: raw.voters without the copies that a
-- repeated delivery left.
SELECT
  * EXCEPT (copy)
FROM (
  SELECT
    *,
    ROW_NUMBER() OVER (
      PARTITION BY kafka_topic_id, kafka_partition, kafka_offset
      ORDER BY ingested_at
    ) AS copy
  FROM `${project}.raw.voters`
)
WHERE copy = 1
