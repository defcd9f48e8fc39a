-- Raw's records by blocks of offsets: their number, and a checksum of their offsets
-- and timestamps.
WITH
{{include "records" .}}
SELECT kafka_topic, kafka_topic_id, kafka_partition,
  {{quotient "kafka_offset" "4096"}} AS block,
  COUNT(*) AS records,
  {{integer (printf "SUM(MOD(%s, 1000000007) * (1 + MOD(kafka_offset, 1021)))" (millis "kafka_timestamp"))}} AS checksum
FROM records
GROUP BY kafka_topic, kafka_topic_id, kafka_partition, block
