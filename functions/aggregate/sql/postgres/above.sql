{{- /* For a table of raw, see dialect.go. It is a query in parentheses. */ -}}
(
  -- The rows of raw.{{.Raw}} at or above the settled offset of their partition. They are
  -- found in the index of records: first the partitions, one after another, then the end
  -- of each. OFFSET 0 keeps the planner to this order.
  WITH RECURSIVE partitions AS (
    (
      SELECT kafka_topic, kafka_topic_id, kafka_partition
      FROM raw.{{.Raw}}
      WHERE ingested_at >= date_trunc('day', @floor::timestamptz){{if .Bounded}}
        AND @{{.Raw}}_from::bigint < 9223372036854775807{{end}}
      ORDER BY kafka_topic, kafka_topic_id, kafka_partition
      LIMIT 1
    )
    UNION ALL
    SELECT n.kafka_topic, n.kafka_topic_id, n.kafka_partition
    FROM partitions AS p
    CROSS JOIN LATERAL (
      SELECT r.kafka_topic, r.kafka_topic_id, r.kafka_partition
      FROM raw.{{.Raw}} AS r
      WHERE (r.kafka_topic, r.kafka_topic_id, r.kafka_partition) > (p.kafka_topic, p.kafka_topic_id, p.kafka_partition)
        AND r.ingested_at >= date_trunc('day', @floor::timestamptz)
      ORDER BY r.kafka_topic, r.kafka_topic_id, r.kafka_partition
      LIMIT 1
    ) AS n
  )
  SELECT r.*, s.next_offset, s.last_offset
  FROM (
    SELECT n.*, coalesce(p.next_offset, 0) AS next_offset, coalesce(p.last_offset, -1) AS last_offset
    FROM partitions AS n
    LEFT JOIN core.progress AS p
      ON p.kafka_topic = n.kafka_topic
      AND p.kafka_topic_id = n.kafka_topic_id
      AND p.kafka_partition = n.kafka_partition
    OFFSET 0
  ) AS s
  CROSS JOIN LATERAL (
    SELECT *
    FROM raw.{{.Raw}} AS r
    WHERE r.kafka_topic = s.kafka_topic
      AND r.kafka_topic_id = s.kafka_topic_id
      AND r.kafka_partition = s.kafka_partition
      AND r.kafka_offset >= s.next_offset
      AND r.ingested_at >= @floor{{if .Bounded}}
      AND r.ingested_at < @until
      AND r.kafka_offset >= @{{.Raw}}_from{{end}}
    OFFSET 0
  ) AS r
) AS r
