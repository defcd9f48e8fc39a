{{- /* Sums is of counting in dialect.go. */ -}}
-- How far the records of each partition reach without a missing one.
-- The records of a partition form a chain: kafka_follows names the offset of the one
-- before; that of the first is -1. A record whose predecessor hasn't arrived breaks the
-- chain. The records before it are whole; those from there on are counted as
-- records_above.
{{- if .Sums}}
-- The chain of a dense partition is whole, and isn't walked.
{{- end}}
SELECT
  kafka_topic,
  kafka_topic_id,
  kafka_partition,
  min(kafka_offset) FILTER (WHERE kafka_follows = -1) AS first_offset,
  coalesce(max(kafka_offset) FILTER (WHERE whole) + 1, min(settled)) AS next_offset,
  count(*) FILTER (WHERE whole) AS records,
  count(*) FILTER (WHERE whole AND rejected) AS rejected,
  count(*) FILTER (WHERE NOT whole) AS records_above,
  count(*) FILTER (WHERE NOT whole AND rejected) AS rejected_above,
  max(kafka_offset) AS last_offset,
  min(ingested_at) AS first_ingested_at,
  max(ingested_at) AS last_ingested_at
FROM (
  SELECT *, NOT bool_or(breaks) OVER (
    PARTITION BY kafka_topic, kafka_topic_id, kafka_partition
    ORDER BY kafka_offset
    ROWS UNBOUNDED PRECEDING
  ) AS whole
  FROM (
    SELECT
      r.*,
      coalesce(p.next_offset, 0) AS settled,
      r.kafka_follows > coalesce(lag(r.kafka_offset) OVER (
        PARTITION BY r.kafka_topic, r.kafka_topic_id, r.kafka_partition
        ORDER BY r.kafka_offset
      ), p.next_offset - 1, -1) AS breaks
    FROM fresh_records AS r
    LEFT JOIN core.progress AS p
      ON p.kafka_topic = r.kafka_topic
      AND p.kafka_topic_id = r.kafka_topic_id
      AND p.kafka_partition = r.kafka_partition
{{- if .Sums}}
    WHERE NOT EXISTS (
      SELECT
      FROM fresh_logs AS l
      WHERE l.dense
        AND l.kafka_topic = r.kafka_topic
        AND l.kafka_topic_id = r.kafka_topic_id
        AND l.kafka_partition = r.kafka_partition
    )
{{- end}}
  ) AS ordered
) AS chained
GROUP BY kafka_topic, kafka_topic_id, kafka_partition
{{- if .Sums}}
UNION ALL
SELECT
  kafka_topic, kafka_topic_id, kafka_partition, first_offset, last_offset + 1, records, rejects,
  0, 0, last_offset, first_ingested_at, last_ingested_at
FROM fresh_logs
WHERE dense
{{- end}}
