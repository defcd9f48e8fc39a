{{- /* Each of . is a table of raw, Above is above.sql for it. */ -}}
-- The records of raw that were ingested at @floor or after and aren't settled, each with
-- the progress of its partition. poll.sql and portion.sql go on from here: dialect.go
-- puts this file above them.
WITH recent AS (
{{- range $i, $table := .}}
{{- if $i}}
  UNION ALL
{{- end}}
  SELECT '{{.Raw}}' AS source, kafka_topic, kafka_topic_id, kafka_partition, kafka_offset, ingested_at, next_offset, last_offset
  FROM {{.Above}}
{{- end}}
)
