{{- /* Each of . is a table of raw, Partitions is partitions.sql for it. */ -}}
-- How many records are above the settled offsets, by partition and raw table. Nothing
-- is new where the counts are those that the last pass left (records_above).
-- Where more than 10,000 offsets are above the last one that a pass has seen, the
-- offsets are counted and not the records: a look at a backlog costs no more than
-- one at a few records.
{{range $i, $table := .}}
{{- if $i}}
UNION ALL
{{end -}}
SELECT s.kafka_topic, s.kafka_topic_id, s.kafka_partition, '{{.Raw}}' AS source,
  n.records + CASE WHEN e.last_offset > s.last_offset + 10000 THEN e.last_offset - s.last_offset ELSE 0 END AS records,
  n.from_offset
FROM {{.Partitions}}
CROSS JOIN LATERAL (
  SELECT r.kafka_offset AS last_offset
  FROM raw.{{.Raw}} AS r
  WHERE r.kafka_topic = s.kafka_topic
    AND r.kafka_topic_id = s.kafka_topic_id
    AND r.kafka_partition = s.kafka_partition
    AND r.kafka_offset >= s.next_offset
    AND r.ingested_at >= @floor
  ORDER BY r.kafka_offset DESC
  LIMIT 1
) AS e
CROSS JOIN LATERAL (
  SELECT count(DISTINCT r.kafka_offset) AS records, coalesce(min(r.kafka_offset), s.last_offset + 1) AS from_offset
  FROM raw.{{.Raw}} AS r
  WHERE r.kafka_topic = s.kafka_topic
    AND r.kafka_topic_id = s.kafka_topic_id
    AND r.kafka_partition = s.kafka_partition
    AND r.kafka_offset >= s.next_offset
    AND r.kafka_offset <= CASE WHEN e.last_offset > s.last_offset + 10000 THEN s.last_offset ELSE e.last_offset END
    AND r.ingested_at >= @floor
) AS n
{{- end}}
