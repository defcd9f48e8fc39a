{{- /* Which registration of a voter is current: that of rank 1, the latest. */ -}}
row_number() OVER (
  PARTITION BY voter_key
  ORDER BY kafka_timestamp DESC, kafka_partition DESC, kafka_offset DESC, kafka_topic_id DESC
) AS rank
