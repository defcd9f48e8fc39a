{{- /* Each of . is a table of raw, partitions is partitions.sql for it. */ -}}
-- The records of raw that were ingested at @floor or after and aren't settled, each with
-- the progress of its partition. poll.sql and portion.sql go on from here: script.go
-- puts this file above them.
WITH recent AS (
{{- range $i, $table := .}}
{{- if $i}}
  UNION ALL
{{- end}}
  (
    WITH RECURSIVE partitions AS (
{{.Partitions}}
    )
    SELECT '{{.Raw}}' AS source, r.kafka_topic, r.kafka_topic_id, r.kafka_partition, r.kafka_offset, r.ingested_at,
      coalesce(p.next_offset, 0) AS next_offset,
      coalesce(p.last_offset, -1) AS last_offset
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
  )
{{- end}}
)
