-- Rebuilds run this, a pass doesn't: see book_windows_added.sql.
SELECT w.window_start, w.kafka_topic, r.kafka_topic_id, r.kafka_partition,
  sum(r.accepted) AS accepted,
  sum(r.pending) AS pending,
  sum(r.duplicate) AS duplicate,
  sum(r.ahead) AS ahead,
  max(r.watermark) AS watermark
FROM touched_windows AS w
CROSS JOIN LATERAL (
  SELECT kafka_topic_id, kafka_partition,
    count(state) AS accepted,
    count(*) - count(state) AS pending,
    0 AS duplicate,
    count(state) FILTER (WHERE voted_at > kafka_timestamp + interval '1 minute') AS ahead,
    max(least(voted_at, kafka_timestamp)) FILTER (WHERE state IS NOT NULL) AS watermark
  FROM core.ballots AS b
  WHERE date_bin('1 minute', b.voted_at, '0001-01-01 00:00:00+00') = w.window_start AND b.kafka_topic = w.kafka_topic
  GROUP BY kafka_topic_id, kafka_partition
  UNION ALL
  SELECT kafka_topic_id, kafka_partition, count(*), 0, 0, 0, max(kafka_timestamp)
  FROM core.voters AS v
  WHERE v.kafka_timestamp >= w.window_start AND v.kafka_timestamp < w.window_start + interval '1 minute' AND v.kafka_topic = w.kafka_topic
  GROUP BY kafka_topic_id, kafka_partition
  UNION ALL
  SELECT kafka_topic_id, kafka_partition, 0, 0, count(*), 0, NULL
  FROM core.duplicates AS d
  WHERE d.event_time >= w.window_start AND d.event_time < w.window_start + interval '1 minute' AND d.kafka_topic = w.kafka_topic
  GROUP BY kafka_topic_id, kafka_partition
  UNION ALL
  SELECT kafka_topic_id, kafka_partition, 0, 0, 0, 0, NULL
  FROM core.book_windows AS k
  WHERE k.window_start = w.window_start AND k.kafka_topic = w.kafka_topic
) AS r
GROUP BY w.window_start, w.kafka_topic, r.kafka_topic_id, r.kafka_partition
