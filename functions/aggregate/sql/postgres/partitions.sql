{{- /* For each table of raw that a pass reads. */ -}}
  -- The partitions of Kafka of which raw.{{.Raw}} has rows, found one after another in
  -- the index of records: reading all rows for them would take long.
  (
    SELECT kafka_topic, kafka_topic_id, kafka_partition
    FROM raw.{{.Raw}}
    WHERE ingested_at >= date_trunc('day', @floor::timestamptz){{with .Where}}
      AND {{.}}{{end}}
    ORDER BY kafka_topic, kafka_topic_id, kafka_partition
    LIMIT 1
  )
  UNION ALL
  SELECT n.kafka_topic, n.kafka_topic_id, n.kafka_partition
  FROM partitions AS p
  CROSS JOIN LATERAL (
    SELECT r.kafka_topic, r.kafka_topic_id, r.kafka_partition
    FROM raw.{{.Raw}} AS r
    WHERE (r.kafka_topic, r.kafka_topic_id, r.kafka_partition) > (p.kafka_topic, p.kafka_topic_id, p.kafka_partition)
      AND r.ingested_at >= date_trunc('day', @floor::timestamptz)
    ORDER BY r.kafka_topic, r.kafka_topic_id, r.kafka_partition
    LIMIT 1
  ) AS n
