{{- /* The column of contenders.sql and rivals.sql by which votes count. */ -}}
row_number() OVER (
  PARTITION BY r.voter_key
  ORDER BY r.kafka_timestamp, r.kafka_partition, r.kafka_offset, r.kafka_topic_id
) AS rank
