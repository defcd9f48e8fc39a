-- By how much this pass changes the records of each minute and partition in the three
-- tables that hold them. watermark is the greatest event time of the accepted ones that
-- are added, and gone_watermark of those that are taken away; a vote moves it no further
-- than to the broker's timestamp.
INSERT INTO changed_books (
  window_start, kafka_topic, kafka_topic_id, kafka_partition, accepted, pending, duplicate, ahead, watermark, gone_watermark
)
SELECT date_bin('1 minute', event_time, '0001-01-01 00:00:00+00'), kafka_topic, kafka_topic_id, kafka_partition,
  sum(accepted), sum(pending), sum(duplicate), sum(ahead),
  max(least(event_time, kafka_timestamp)) FILTER (WHERE accepted > 0),
  max(least(event_time, kafka_timestamp)) FILTER (WHERE accepted < 0)
FROM (
  SELECT kafka_topic, kafka_topic_id, kafka_partition, voted_at AS event_time, kafka_timestamp,
    CASE WHEN state IS NULL THEN 0 ELSE 1 END AS accepted,
    CASE WHEN state IS NULL THEN 1 ELSE 0 END AS pending,
    0 AS duplicate,
    CASE WHEN state IS NOT NULL AND voted_at > kafka_timestamp + interval '1 minute' THEN 1 ELSE 0 END AS ahead
  FROM contenders
  WHERE moved AND rank = 1
  UNION ALL
  SELECT kafka_topic, kafka_topic_id, kafka_partition, voted_at, kafka_timestamp,
    CASE WHEN held_state IS NULL THEN 0 ELSE -1 END,
    CASE WHEN held_state IS NULL THEN -1 ELSE 0 END,
    0,
    CASE WHEN held_state IS NOT NULL AND voted_at > kafka_timestamp + interval '1 minute' THEN -1 ELSE 0 END
  FROM contenders
  WHERE moved AND held
  UNION ALL
  SELECT kafka_topic, kafka_topic_id, kafka_partition, kafka_timestamp, kafka_timestamp,
    CASE WHEN held THEN -1 ELSE 1 END, 0, 0, 0
  FROM roll
  WHERE held != (rank = 1)
  UNION ALL
  SELECT kafka_topic, kafka_topic_id, kafka_partition, event_time, NULL, 0, 0, 1, 0
  FROM lost
) AS r
GROUP BY 1, kafka_topic, kafka_topic_id, kafka_partition
