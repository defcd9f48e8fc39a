{{- /* For a table of raw, see dialect.go. It is a query in parentheses. */ -}}
(
  -- The partitions of raw.{{.Raw}} and their progress. They are found in the index of
  -- records, one after another.
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
  SELECT n.*, coalesce(p.next_offset, 0) AS next_offset, coalesce(p.last_offset, -1) AS last_offset
{{- if .Pass}}, coalesce(e.below, 9223372036854775807) AS below{{end}}
  FROM partitions AS n
  LEFT JOIN core.progress AS p
    ON p.kafka_topic = n.kafka_topic
    AND p.kafka_topic_id = n.kafka_topic_id
    AND p.kafka_partition = n.kafka_partition
{{- if .Pass}}
  LEFT JOIN LATERAL (
    -- A portion has no record from this offset on, judged by one record in 4,096 offsets, of
    -- 64 at most: what it misses the next pass takes. NULL where none belongs to the portion.
    SELECT max(greatest(x + 4096, e.kafka_offset + 1)) AS below
    FROM (
      SELECT r.kafka_offset
      FROM raw.{{.Raw}} AS r
      WHERE r.kafka_topic = n.kafka_topic
        AND r.kafka_topic_id = n.kafka_topic_id
        AND r.kafka_partition = n.kafka_partition
        AND r.kafka_offset > coalesce(p.last_offset, -1)
        AND r.ingested_at >= @floor
      ORDER BY r.kafka_offset
      LIMIT 1
    ) AS f
    CROSS JOIN LATERAL generate_series(f.kafka_offset, f.kafka_offset + 63 * 4096, 4096) AS x
    CROSS JOIN LATERAL (
      SELECT r.kafka_offset, r.ingested_at
      FROM raw.{{.Raw}} AS r
      WHERE r.kafka_topic = n.kafka_topic
        AND r.kafka_topic_id = n.kafka_topic_id
        AND r.kafka_partition = n.kafka_partition
        AND r.kafka_offset >= x
        AND r.ingested_at >= @floor
      ORDER BY r.kafka_offset
      LIMIT 1
    ) AS e
    WHERE e.ingested_at < @until
  ) AS e ON @until < timestamptz '9999-01-01 00:00:00+00'
{{- end}}
  OFFSET 0
) AS s
