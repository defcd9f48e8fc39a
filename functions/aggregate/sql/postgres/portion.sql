{{- /* Each of . is a table of raw, Partitions is partitions.sql for it. */ -}}
-- The second of ingest at which a pass of at most @most new records must stop; NULL if
-- all fit. All records of one second go together, and a pass takes one second at least.
-- Records that fill holes are taken too and not counted: those at or below the greatest
-- offset that a pass has seen.
-- Rows are read in the order of their ingest times, from that of the first new record of
-- a partition on, and no more of them than a pass takes.
WITH firsts AS (
{{- range $i, $table := .}}
{{- if $i}}
  UNION ALL
{{- end}}
  SELECT f.ingested_at
  FROM {{.Partitions}}
  CROSS JOIN LATERAL (
    SELECT r.ingested_at
    FROM raw.{{.Raw}} AS r
    WHERE r.kafka_topic = s.kafka_topic
      AND r.kafka_topic_id = s.kafka_topic_id
      AND r.kafka_partition = s.kafka_partition
      AND r.kafka_offset > s.last_offset
      AND r.ingested_at >= @floor
    ORDER BY r.kafka_offset
    LIMIT 1
  ) AS f
{{- end}}
),
new AS (
{{- range $i, $table := .}}
{{- if $i}}
  UNION ALL
{{- end}}
  (
    SELECT r.ingested_at
    FROM raw.{{.Raw}} AS r
    WHERE r.ingested_at >= (SELECT min(ingested_at) FROM firsts)
      AND NOT EXISTS (
        SELECT
        FROM core.progress AS p
        WHERE p.last_offset >= r.kafka_offset
          AND p.kafka_topic = r.kafka_topic
          AND p.kafka_topic_id = r.kafka_topic_id
          AND p.kafka_partition = r.kafka_partition
      )
    ORDER BY r.ingested_at
    LIMIT @most::bigint + 1
  )
{{- end}}
),
stop AS (
  SELECT date_trunc('second', ingested_at) AS second
  FROM (SELECT ingested_at FROM new ORDER BY ingested_at OFFSET @most::bigint LIMIT 1) AS n
)
SELECT (
  SELECT CASE
    WHEN second > (SELECT date_trunc('second', min(ingested_at)) FROM new) THEN second
    ELSE date_trunc('second', least(
{{- range $i, $table := .}}
{{- if $i}},{{end}}
      (SELECT min(r.ingested_at) FROM raw.{{.Raw}} AS r WHERE r.ingested_at >= second + interval '1 second')
{{- end}}
    ))
  END
  FROM stop
) AS until
