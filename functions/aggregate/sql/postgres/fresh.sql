{{- /* Run for each table of freshTables in dialect.go. Above is above.sql. */ -}}
-- {{.What}} above the settled offsets, one row per record.
-- Raw may hold a record twice. The copies differ in ingested_at and kafka_follows only.
-- A bridge that doesn't know the offset of the record before names one that is too high,
-- so the least kafka_follows is right.
{{- if .Pass}}
-- They are in the order of the voters' keys, which is that of the indexes in which voters
-- are looked up, and to which their ballots are added.
{{- end}}
INSERT INTO fresh_{{.Raw}} (
  kafka_topic, kafka_topic_id, kafka_partition, kafka_offset, kafka_follows,
{{- range .Columns}}
  {{.}},
{{- end}}
  ingested_at
)
SELECT
  kafka_topic, kafka_topic_id, kafka_partition, kafka_offset, kafka_follows,
{{- range .Columns}}
  {{.}},
{{- end}}
  ingested_at
FROM {{.Above}}
{{- if .Pass}}
ORDER BY voter_key
{{- end}}
