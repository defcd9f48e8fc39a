-- What became of the valid records, by minute of their event time.
SELECT window_start, kafka_topic, kafka_topic_id, kafka_partition,
  COUNTIF(fate = 'accepted') AS accepted,
  COUNTIF(fate = 'pending') AS pending,
  COUNTIF(fate = 'duplicate') AS duplicate
FROM (
  SELECT TIMESTAMP_TRUNC(voted_at, MINUTE) AS window_start, kafka_topic, kafka_topic_id, kafka_partition,
    IF(state IS NULL, 'pending', 'accepted') AS fate
  FROM core.ballots
  UNION ALL
  SELECT TIMESTAMP_TRUNC(kafka_timestamp, MINUTE), kafka_topic, kafka_topic_id, kafka_partition, 'accepted'
  FROM core.voters
  UNION ALL
  SELECT TIMESTAMP_TRUNC(event_time, MINUTE), kafka_topic, kafka_topic_id, kafka_partition, 'duplicate'
  FROM core.duplicates
)
GROUP BY window_start, kafka_topic, kafka_topic_id, kafka_partition
