-- What became of the valid records, by minute of their event time, and the
-- watermark: the latest event time of those that count, of each no later than the
-- time at which it was sent.
SELECT window_start, kafka_topic, kafka_topic_id, kafka_partition,
  count(*) FILTER (WHERE fate = 'accepted') AS accepted,
  count(*) FILTER (WHERE fate = 'pending') AS pending,
  count(*) FILTER (WHERE fate = 'duplicate') AS duplicate,
  count(*) FILTER (WHERE fate = 'accepted' AND event_time - kafka_timestamp > interval '1 minute') AS ahead,
  max(least(event_time, kafka_timestamp)) FILTER (WHERE fate = 'accepted') AS watermark
FROM (
  SELECT date_trunc('minute', voted_at, 'UTC') AS window_start, kafka_topic, kafka_topic_id, kafka_partition,
    voted_at AS event_time, kafka_timestamp, CASE WHEN state IS NULL THEN 'pending' ELSE 'accepted' END AS fate
  FROM core.ballots
  UNION ALL
  SELECT date_trunc('minute', kafka_timestamp, 'UTC'), kafka_topic, kafka_topic_id, kafka_partition,
    kafka_timestamp, kafka_timestamp, 'accepted'
  FROM core.voters
  UNION ALL
  SELECT date_trunc('minute', event_time, 'UTC'), kafka_topic, kafka_topic_id, kafka_partition,
    event_time, kafka_timestamp, 'duplicate'
  FROM core.duplicates
) AS r
GROUP BY window_start, kafka_topic, kafka_topic_id, kafka_partition
