{{- /* Run for each table of freshTables in dialect.go. Above is above.sql. */ -}}
-- {{.What}} above the settled offsets, one row per record.
-- Raw may hold a record twice. The copies differ in ingested_at and kafka_follows only.
-- A bridge that doesn't know the offset of the record before names one that is too high,
-- so the least kafka_follows is right.
INSERT INTO fresh_{{.Raw}} (
  kafka_topic, kafka_topic_id, kafka_partition, kafka_offset, kafka_follows,
{{- range .Columns}}
  {{.}},
{{- end}}
  ingested_at
)
SELECT
  r.kafka_topic,
  r.kafka_topic_id,
  r.kafka_partition,
  r.kafka_offset,
  min(r.kafka_follows) AS kafka_follows,
{{- range .Columns}}
  min(r.{{.}}) AS {{.}},
{{- end}}
  max(r.ingested_at) AS ingested_at
FROM {{.Above}}
GROUP BY r.kafka_topic, r.kafka_topic_id, r.kafka_partition, r.kafka_offset
