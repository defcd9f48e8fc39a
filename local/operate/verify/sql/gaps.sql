-- Offsets that raw lacks between two that it has. The bridge saw the jump if the
-- record after it says that it follows the record before it.
WITH records AS (
  SELECT kafka_topic, kafka_topic_id, kafka_partition, kafka_offset, MIN(kafka_follows) AS kafka_follows
  FROM (
    SELECT kafka_topic, kafka_topic_id, kafka_partition, kafka_offset, kafka_follows FROM raw.votes
    UNION ALL
    SELECT kafka_topic, kafka_topic_id, kafka_partition, kafka_offset, kafka_follows FROM raw.voters
    UNION ALL
    SELECT kafka_topic, kafka_topic_id, kafka_partition, kafka_offset, kafka_follows FROM raw.rejects
  ) AS r
  GROUP BY kafka_topic, kafka_topic_id, kafka_partition, kafka_offset
),
ordered AS (
  SELECT *,
    LAG(kafka_offset) OVER (PARTITION BY kafka_topic, kafka_topic_id, kafka_partition ORDER BY kafka_offset) AS before
  FROM records
)
SELECT kafka_topic, kafka_topic_id, kafka_partition,
  before + 1 AS from_offset,
  kafka_offset AS end_offset,
  kafka_follows <= before AS jumped
FROM ordered
WHERE kafka_offset > before + 1
ORDER BY jumped, kafka_topic, kafka_topic_id, kafka_partition, from_offset
LIMIT 10000
