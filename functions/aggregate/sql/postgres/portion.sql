{{- /* Each of . is a table of raw, Partitions is partitions.sql for it. */ -}}
-- The second of ingest at which a pass of at most @most new records must stop; NULL if
-- all fit. All records of one second go together, and a pass takes one second at least.
-- Records that fill holes are taken too and not counted: those at or below the greatest
-- offset that a pass has seen.
-- Of each partition a record every so many offsets is looked at, and stands for the offsets
-- up to the next one: it costs the same however many records there are. Offsets without a
-- record are counted too.
WITH new AS MATERIALIZED (
  SELECT kafka_topic, kafka_topic_id, kafka_partition, min(first_offset) AS first_offset, max(last_offset) AS last_offset
  FROM (
{{- range $i, $table := .}}
{{- if $i}}
    UNION ALL
{{- end}}
    SELECT s.kafka_topic, s.kafka_topic_id, s.kafka_partition, f.first_offset, l.last_offset
    FROM {{.Partitions}}
    CROSS JOIN LATERAL (
      SELECT r.kafka_offset AS first_offset
      FROM raw.{{.Raw}} AS r
      WHERE r.kafka_topic = s.kafka_topic
        AND r.kafka_topic_id = s.kafka_topic_id
        AND r.kafka_partition = s.kafka_partition
        AND r.kafka_offset > s.last_offset
        AND r.ingested_at >= @floor
      ORDER BY r.kafka_offset
      LIMIT 1
    ) AS f
    CROSS JOIN LATERAL (
      SELECT r.kafka_offset AS last_offset
      FROM raw.{{.Raw}} AS r
      WHERE r.kafka_topic = s.kafka_topic
        AND r.kafka_topic_id = s.kafka_topic_id
        AND r.kafka_partition = s.kafka_partition
        AND r.kafka_offset > s.last_offset
        AND r.ingested_at >= @floor
      ORDER BY r.kafka_offset DESC
      LIMIT 1
    ) AS l
{{- end}}
  ) AS s
  GROUP BY kafka_topic, kafka_topic_id, kafka_partition
),
samples AS MATERIALIZED (
  SELECT r.ingested_at, least(e.step, s.last_offset + 1 - x) AS records
  FROM new AS s
  CROSS JOIN (SELECT greatest(@most::bigint / 50, 1) AS step) AS e
  CROSS JOIN LATERAL generate_series(s.first_offset, least(s.last_offset, s.first_offset + @most::bigint), e.step) AS x
  CROSS JOIN LATERAL (
    SELECT r.ingested_at
    FROM (
{{- range $i, $table := .}}
{{- if $i}}
      UNION ALL
{{- end}}
      (
        SELECT r.kafka_offset, r.ingested_at
        FROM raw.{{.Raw}} AS r
        WHERE r.kafka_topic = s.kafka_topic
          AND r.kafka_topic_id = s.kafka_topic_id
          AND r.kafka_partition = s.kafka_partition
          AND r.kafka_offset >= x
          AND r.ingested_at >= @floor
        ORDER BY r.kafka_offset
        LIMIT 1
      )
{{- end}}
    ) AS r
    ORDER BY r.kafka_offset, r.ingested_at
    LIMIT 1
  ) AS r
),
stop AS (
  SELECT date_trunc('second', min(ingested_at)) AS second
  FROM (SELECT ingested_at, sum(records) OVER (ORDER BY ingested_at ROWS UNBOUNDED PRECEDING) AS records FROM samples) AS n
  WHERE records > @most::bigint
  HAVING count(*) > 0
)
SELECT (
  SELECT CASE
    WHEN second > (SELECT date_trunc('second', min(ingested_at)) FROM samples) THEN second
    ELSE date_trunc('second', least(
{{- range $i, $table := .}}
{{- if $i}},{{end}}
      (SELECT min(r.ingested_at) FROM raw.{{.Raw}} AS r WHERE r.ingested_at >= second + interval '1 second')
{{- end}}
    ))
  END
  FROM stop
) AS until
