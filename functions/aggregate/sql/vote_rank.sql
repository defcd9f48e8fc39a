{{- /* Which vote of a voter counts: that of rank 1, the earliest. r is a row for each vote. */ -}}
row_number() OVER (
  PARTITION BY r.voter_key
  ORDER BY r.kafka_timestamp, r.kafka_partition, r.kafka_offset, r.kafka_topic_id
) AS rank
