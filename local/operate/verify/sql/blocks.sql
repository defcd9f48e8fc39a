-- Raw's records by blocks of offsets: their number, and a checksum of their offsets
-- and timestamps.
SELECT kafka_topic, kafka_topic_id, kafka_partition,
  {{quotient "kafka_offset" "4096"}} AS block,
  COUNT(*) AS records,
  {{integer (printf "SUM(MOD(%s, 1000000007) * (1 + MOD(kafka_offset, 1021)))" (millis "kafka_timestamp"))}} AS checksum
FROM (
  SELECT kafka_topic, kafka_topic_id, kafka_partition, kafka_offset, MIN(kafka_timestamp) AS kafka_timestamp
  FROM (
    SELECT kafka_topic, kafka_topic_id, kafka_partition, kafka_offset, kafka_timestamp FROM raw.votes
    UNION ALL
    SELECT kafka_topic, kafka_topic_id, kafka_partition, kafka_offset, kafka_timestamp FROM raw.voters
    UNION ALL
    SELECT kafka_topic, kafka_topic_id, kafka_partition, kafka_offset, kafka_timestamp FROM raw.rejects
  ) AS deliveries
  GROUP BY kafka_topic, kafka_topic_id, kafka_partition, kafka_offset
) AS r
GROUP BY kafka_topic, kafka_topic_id, kafka_partition, block
