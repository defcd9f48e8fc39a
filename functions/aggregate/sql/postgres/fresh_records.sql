{{- /* Sums and Rejects are of counting in dialect.go. */ -}}
-- Every record above the settled offsets, rejected ones included. settle.sql counts
-- offsets by it. A record that is both among the rejects and among the votes or voters,
-- because the election file was changed in between, isn't rejected.
{{- if .Sums}}
-- Where a partition is dense, fresh_logs counts it, and these are its rejected ones only.
{{- end}}
INSERT INTO fresh_records (
  kafka_topic, kafka_topic_id, kafka_partition, kafka_offset, kafka_follows, rejected, ingested_at
)
SELECT
  kafka_topic,
  kafka_topic_id,
  kafka_partition,
  kafka_offset,
  min(kafka_follows) AS kafka_follows,
  bool_and(rejected) AS rejected,
  max(ingested_at) AS ingested_at
FROM (
{{include "fresh_accepted" . | indent 2}}
  UNION ALL
  SELECT kafka_topic, kafka_topic_id, kafka_partition, kafka_offset, kafka_follows,
    TRUE, ingested_at
  FROM {{.Rejects}}
) AS r
{{- if .Sums}}
WHERE (SELECT bool_and(dense) FROM fresh_logs) IS NOT TRUE
  AND NOT EXISTS (
    SELECT
    FROM fresh_logs AS l
    WHERE l.dense
      AND l.kafka_topic = r.kafka_topic
      AND l.kafka_topic_id = r.kafka_topic_id
      AND l.kafka_partition = r.kafka_partition
  )
{{- end}}
GROUP BY kafka_topic, kafka_topic_id, kafka_partition, kafka_offset
{{- if .Sums}}
UNION ALL
SELECT kafka_topic, kafka_topic_id, kafka_partition, kafka_offset, kafka_follows, TRUE, ingested_at
FROM fresh_rejects
WHERE (kafka_topic, kafka_topic_id, kafka_partition) IN (
  SELECT kafka_topic, kafka_topic_id, kafka_partition FROM fresh_logs WHERE dense
)
{{- end}}
