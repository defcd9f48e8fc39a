-- How far the records of each partition reach without a missing one.
-- The records of a partition form a chain: kafka_follows names the offset of the one
-- before; that of the first is -1. A record whose predecessor hasn't arrived breaks the
-- chain. The records before it are whole; those from there on are counted as
-- records_above.
WITH ordered AS (
  SELECT
    r.*,
    IFNULL(p.next_offset, 0) AS settled,
    LAG(r.kafka_offset) OVER (
      PARTITION BY r.kafka_topic, r.kafka_topic_id, r.kafka_partition
      ORDER BY r.kafka_offset
    ) AS before
  FROM fresh_records AS r
  LEFT JOIN core.progress AS p
    ON p.kafka_topic = r.kafka_topic
    AND p.kafka_topic_id = r.kafka_topic_id
    AND p.kafka_partition = r.kafka_partition
),
broken AS (
  SELECT kafka_topic, kafka_topic_id, kafka_partition, MIN(kafka_offset) AS at_offset
  FROM ordered
  WHERE kafka_follows > IFNULL(before, settled - 1)
  GROUP BY kafka_topic, kafka_topic_id, kafka_partition
),
chained AS (
  SELECT r.*, r.kafka_offset < IFNULL(b.at_offset, r.kafka_offset + 1) AS whole
  FROM ordered AS r
  LEFT JOIN broken AS b
    ON b.kafka_topic = r.kafka_topic
    AND b.kafka_topic_id = r.kafka_topic_id
    AND b.kafka_partition = r.kafka_partition
)
SELECT
  kafka_topic,
  kafka_topic_id,
  kafka_partition,
  MIN(IF(kafka_follows = -1, kafka_offset, NULL)) AS first_offset,
  IFNULL(MAX(IF(whole, kafka_offset, NULL)) + 1, MIN(settled)) AS next_offset,
  COUNTIF(whole) AS records,
  COUNTIF(whole AND rejected) AS rejected,
  COUNTIF(NOT whole) AS records_above,
  COUNTIF(NOT whole AND rejected) AS rejected_above,
  MAX(kafka_offset) AS last_offset,
  MIN(ingested_at) AS first_ingested_at,
  MAX(ingested_at) AS last_ingested_at
FROM chained
GROUP BY kafka_topic, kafka_topic_id, kafka_partition
