{{- /* Run for each table of freshTables in dialect.go. */ -}}
-- {{.What}} above the settled offsets, one row per record.
-- Raw may hold a record twice. The copies differ in ingested_at and kafka_follows only.
-- A bridge that doesn't know the offset of the record before names one that is too high,
-- so the least kafka_follows is right.
CREATE TEMP TABLE fresh_{{.Raw}} AS
SELECT
  r.kafka_topic,
  r.kafka_topic_id,
  r.kafka_partition,
  r.kafka_offset,
  MIN(r.kafka_follows) AS kafka_follows,
{{- range .Columns}}
  ANY_VALUE(r.{{.}}) AS {{.}},
{{- end}}
  MAX(r.ingested_at) AS ingested_at
FROM raw.{{.Raw}} AS r
LEFT JOIN core.progress AS p
  ON p.kafka_topic = r.kafka_topic
  AND p.kafka_topic_id = r.kafka_topic_id
  AND p.kafka_partition = r.kafka_partition
WHERE r.ingested_at >= @floor
  AND r.ingested_at < @until
  AND r.kafka_offset >= @{{.Raw}}_from
  AND r.kafka_offset >= IFNULL(p.next_offset, 0)
GROUP BY r.kafka_topic, r.kafka_topic_id, r.kafka_partition, r.kafka_offset
