-- What became of the valid records, by minute of their event time, and the
-- watermark: the latest event time of those that count, of each no later than the
-- time at which it was sent.
SELECT window_start, kafka_topic, kafka_topic_id, kafka_partition,
  COUNT(CASE WHEN fate = 'accepted' THEN 1 END) AS accepted,
  COUNT(CASE WHEN fate = 'pending' THEN 1 END) AS pending,
  COUNT(CASE WHEN fate = 'duplicate' THEN 1 END) AS duplicate,
  COUNT(CASE WHEN fate = 'accepted' AND {{minuteAhead "event_time" "kafka_timestamp"}} THEN 1 END) AS ahead,
  MAX(CASE WHEN fate = 'accepted' THEN LEAST(event_time, kafka_timestamp) END) AS watermark
FROM (
  SELECT {{minute "voted_at"}} AS window_start, kafka_topic, kafka_topic_id, kafka_partition,
    voted_at AS event_time, kafka_timestamp, CASE WHEN state IS NULL THEN 'pending' ELSE 'accepted' END AS fate
  FROM core.ballots
  UNION ALL
  SELECT {{minute "kafka_timestamp"}}, kafka_topic, kafka_topic_id, kafka_partition,
    kafka_timestamp, kafka_timestamp, 'accepted'
  FROM core.voters
  UNION ALL
  SELECT {{minute "event_time"}}, kafka_topic, kafka_topic_id, kafka_partition,
    event_time, kafka_timestamp, 'duplicate'
  FROM core.duplicates
) AS r
GROUP BY window_start, kafka_topic, kafka_topic_id, kafka_partition
