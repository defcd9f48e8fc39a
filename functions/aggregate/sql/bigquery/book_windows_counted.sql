SELECT r.window_start, r.kafka_topic, r.kafka_topic_id, r.kafka_partition,
  SUM(r.accepted) AS accepted,
  SUM(r.pending) AS pending,
  SUM(r.duplicate) AS duplicate,
  SUM(r.ahead) AS ahead,
  MAX(r.watermark) AS watermark
FROM (
  SELECT TIMESTAMP_TRUNC(voted_at, MINUTE) AS window_start, kafka_topic, kafka_topic_id, kafka_partition,
    IF(state IS NULL, 0, 1) AS accepted, IF(state IS NULL, 1, 0) AS pending, 0 AS duplicate,
    IF(state IS NOT NULL AND voted_at > TIMESTAMP_ADD(kafka_timestamp, INTERVAL 1 MINUTE), 1, 0) AS ahead,
    IF(state IS NULL, NULL, LEAST(voted_at, kafka_timestamp)) AS watermark
  FROM core.ballots
  WHERE voted_at >= first_window AND voted_at < end_window
  UNION ALL
  SELECT TIMESTAMP_TRUNC(kafka_timestamp, MINUTE), kafka_topic, kafka_topic_id, kafka_partition, 1, 0, 0, 0, kafka_timestamp
  FROM core.voters
  WHERE kafka_timestamp >= first_window AND kafka_timestamp < end_window
  UNION ALL
  SELECT TIMESTAMP_TRUNC(event_time, MINUTE), kafka_topic, kafka_topic_id, kafka_partition, 0, 0, 1, 0, NULL
  FROM core.duplicates
  WHERE event_time >= first_window AND event_time < end_window
  UNION ALL
  SELECT window_start, kafka_topic, kafka_topic_id, kafka_partition, 0, 0, 0, 0, NULL
  FROM core.book_windows
  WHERE window_start >= first_window AND window_start < end_window
) AS r
JOIN touched_windows AS w
  ON w.kafka_topic = r.kafka_topic AND w.window_start = r.window_start
GROUP BY r.window_start, r.kafka_topic, r.kafka_topic_id, r.kafka_partition
