{{- /* For a table of raw, see dialect.go. It is a query in parentheses. Partitions is partitions.sql. */ -}}
(
  -- The records of raw.{{.Raw}} at or above the settled offset of their partition. They are
  -- found in the index of records, in its order: OFFSET 0 keeps the planner to it.
  SELECT s.kafka_topic, s.kafka_topic_id, s.kafka_partition, r.*
  FROM {{.Partitions}}
  CROSS JOIN LATERAL (
    SELECT
      r.kafka_offset,
      min(r.kafka_follows) AS kafka_follows,
{{- range .Columns}}
      min(r.{{.}}) AS {{.}},
{{- end}}
      max(r.ingested_at) AS ingested_at
    FROM raw.{{.Raw}} AS r
    WHERE r.kafka_topic = s.kafka_topic
      AND r.kafka_topic_id = s.kafka_topic_id
      AND r.kafka_partition = s.kafka_partition
      AND r.kafka_offset >= s.next_offset
{{- if .Pass}}
      AND r.kafka_offset < s.below
{{- end}}
      AND r.ingested_at >= @floor
      AND r.ingested_at < @until
      AND r.kafka_offset >= @{{.Raw}}_from
    GROUP BY r.kafka_offset
    OFFSET 0
  ) AS r
) AS r
