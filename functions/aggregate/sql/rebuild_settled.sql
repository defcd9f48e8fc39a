{{- /* Run for each table of freshTables in dialect.go. */ -}}
-- Adds the settled records of the affected voters to the fresh ones. It runs after
-- fresh_records, by which offsets are counted: these are counted already.
INSERT INTO fresh_{{.Raw}} (
  kafka_topic, kafka_topic_id, kafka_partition, kafka_offset, kafka_follows,
{{- range .Columns}}
  {{.}},
{{- end}}
  ingested_at
)
SELECT
  r.kafka_topic, r.kafka_topic_id, r.kafka_partition, r.kafka_offset, MIN(r.kafka_follows),
{{- range .Columns}}
  MIN(r.{{.}}),
{{- end}}
  MAX(r.ingested_at)
FROM raw.{{.Raw}} AS r
JOIN core.progress AS p
  ON p.kafka_topic = r.kafka_topic
  AND p.kafka_topic_id = r.kafka_topic_id
  AND p.kafka_partition = r.kafka_partition
WHERE r.kafka_offset < p.next_offset AND r.voter_key IN (SELECT voter_key FROM affected)
GROUP BY r.kafka_topic, r.kafka_topic_id, r.kafka_partition, r.kafka_offset
