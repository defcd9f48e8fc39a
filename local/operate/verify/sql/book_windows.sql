-- What became of the valid records, by minute of their event time, and the
-- watermark: the latest event time of those that count, of each no later than the
-- time at which it was sent.
SELECT window_start, kafka_topic, kafka_topic_id, kafka_partition,
  COUNTIF(fate = 'accepted') AS accepted,
  COUNTIF(fate = 'pending') AS pending,
  COUNTIF(fate = 'duplicate') AS duplicate,
  COUNTIF(fate = 'accepted' AND TIMESTAMP_DIFF(event_time, kafka_timestamp, MICROSECOND) > 60000000) AS ahead,
  MAX(IF(fate = 'accepted', LEAST(event_time, kafka_timestamp), NULL)) AS watermark
FROM (
  SELECT TIMESTAMP_TRUNC(voted_at, MINUTE) AS window_start, kafka_topic, kafka_topic_id, kafka_partition,
    voted_at AS event_time, kafka_timestamp, IF(state IS NULL, 'pending', 'accepted') AS fate
  FROM core.ballots
  UNION ALL
  SELECT TIMESTAMP_TRUNC(kafka_timestamp, MINUTE), kafka_topic, kafka_topic_id, kafka_partition,
    kafka_timestamp, kafka_timestamp, 'accepted'
  FROM core.voters
  UNION ALL
  SELECT TIMESTAMP_TRUNC(event_time, MINUTE), kafka_topic, kafka_topic_id, kafka_partition,
    event_time, kafka_timestamp, 'duplicate'
  FROM core.duplicates
)
GROUP BY window_start, kafka_topic, kafka_topic_id, kafka_partition
