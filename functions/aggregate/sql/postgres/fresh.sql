{{- /* Run for each table of freshTables in script.go. partitions is partitions.sql. */ -}}
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
WITH RECURSIVE partitions AS (
{{.Partitions}}
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
FROM partitions AS s
LEFT JOIN core.progress AS p
  ON p.kafka_topic = s.kafka_topic
  AND p.kafka_topic_id = s.kafka_topic_id
  AND p.kafka_partition = s.kafka_partition
JOIN raw.{{.Raw}} AS r
  ON r.kafka_topic = s.kafka_topic
  AND r.kafka_topic_id = s.kafka_topic_id
  AND r.kafka_partition = s.kafka_partition
  AND r.kafka_offset >= coalesce(p.next_offset, 0)
WHERE r.ingested_at >= @floor
  AND r.ingested_at < @until
  AND r.kafka_offset >= @{{.Raw}}_from
GROUP BY r.kafka_topic, r.kafka_topic_id, r.kafka_partition, r.kafka_offset
