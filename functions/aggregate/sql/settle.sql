-- Moves next_offset of each partition to the end of its settled prefix.
-- The records of a partition form a chain: kafka_follows names the offset of the one
-- before; that of the first is -1. A record whose predecessor hasn't arrived breaks the
-- chain. Records from there on are counted as records_above. The next pass reads them
-- again: ingest_floor is no later than any of them.
MERGE core.progress AS t
USING (
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
) AS s
ON t.kafka_topic = s.kafka_topic
  AND t.kafka_topic_id = s.kafka_topic_id
  AND t.kafka_partition = s.kafka_partition
WHEN MATCHED THEN UPDATE SET
  first_offset = IF(t.next_offset > 0, t.first_offset, IFNULL(s.first_offset, t.first_offset)),
  next_offset = s.next_offset,
  records = t.records + s.records,
  rejected = t.rejected + s.rejected,
  records_above = s.records_above,
  rejected_above = s.rejected_above,
  last_offset = GREATEST(t.last_offset, s.last_offset),
  ingest_floor = IF(
    s.records_above = 0,
    GREATEST(t.ingest_floor, s.last_ingested_at),
    LEAST(t.ingest_floor, s.first_ingested_at)
  ),
  last_ingested_at = GREATEST(t.last_ingested_at, s.last_ingested_at),
  updated_at = @started
WHEN NOT MATCHED THEN INSERT (
  kafka_topic, kafka_topic_id, kafka_partition, first_offset, next_offset, records, rejected,
  records_above, rejected_above, last_offset, ingest_floor, last_ingested_at,
  first_seen, updated_at
) VALUES (
  s.kafka_topic, s.kafka_topic_id, s.kafka_partition, IFNULL(s.first_offset, 0), s.next_offset, s.records, s.rejected,
  s.records_above, s.rejected_above, s.last_offset,
  IF(s.records_above = 0, s.last_ingested_at, s.first_ingested_at), s.last_ingested_at,
  @started, @started
)
