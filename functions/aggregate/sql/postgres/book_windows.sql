-- The accepted, pending and duplicate records of the touched minutes, counted again
-- from the three tables that hold them. watermark is the greatest event time of the
-- accepted ones; a vote moves it no further than to the broker's timestamp.
MERGE INTO core.book_windows AS t
USING (
  SELECT r.window_start, r.kafka_topic, r.kafka_topic_id, r.kafka_partition,
    sum(r.accepted) AS accepted,
    sum(r.pending) AS pending,
    sum(r.duplicate) AS duplicate,
    sum(r.ahead) AS ahead,
    max(r.watermark) AS watermark
  FROM (
    SELECT date_trunc('minute', voted_at) AS window_start, kafka_topic, kafka_topic_id, kafka_partition,
      count(state) AS accepted,
      count(*) - count(state) AS pending,
      0 AS duplicate,
      count(state) FILTER (WHERE voted_at > kafka_timestamp + interval '1 minute') AS ahead,
      max(least(voted_at, kafka_timestamp)) FILTER (WHERE state IS NOT NULL) AS watermark
    FROM core.ballots
    WHERE voted_at >= @first_window AND voted_at < @end_window
    GROUP BY 1, 2, 3, 4
    UNION ALL
    SELECT date_trunc('minute', kafka_timestamp), kafka_topic, kafka_topic_id, kafka_partition,
      count(*), 0, 0, 0, max(kafka_timestamp)
    FROM core.voters
    WHERE kafka_timestamp >= @first_window AND kafka_timestamp < @end_window
    GROUP BY 1, 2, 3, 4
    UNION ALL
    SELECT date_trunc('minute', event_time), kafka_topic, kafka_topic_id, kafka_partition,
      0, 0, count(*), 0, NULL
    FROM core.duplicates
    WHERE event_time >= @first_window AND event_time < @end_window
    GROUP BY 1, 2, 3, 4
    UNION ALL
    SELECT window_start, kafka_topic, kafka_topic_id, kafka_partition, 0, 0, 0, 0, NULL
    FROM core.book_windows
    WHERE window_start >= @first_window AND window_start < @end_window
  ) AS r
  JOIN touched_windows AS w
    ON w.kafka_topic = r.kafka_topic AND w.window_start = r.window_start
  GROUP BY r.window_start, r.kafka_topic, r.kafka_topic_id, r.kafka_partition
) AS s
ON t.window_start = s.window_start
  AND t.kafka_topic = s.kafka_topic
  AND t.kafka_topic_id = s.kafka_topic_id
  AND t.kafka_partition = s.kafka_partition
  AND t.window_start >= @first_window
  AND t.window_start < @end_window
WHEN MATCHED AND s.accepted + s.pending + s.duplicate = 0 THEN DELETE
WHEN MATCHED AND (
  s.accepted != t.accepted OR s.pending != t.pending OR s.duplicate != t.duplicate
  OR s.ahead IS DISTINCT FROM t.ahead OR s.watermark IS DISTINCT FROM t.watermark
) THEN UPDATE SET
  accepted = s.accepted,
  pending = s.pending,
  duplicate = s.duplicate,
  ahead = s.ahead,
  watermark = s.watermark,
  updated_at = @started
WHEN NOT MATCHED THEN INSERT (
  window_start, kafka_topic, kafka_topic_id, kafka_partition, accepted, pending, duplicate, ahead, watermark, updated_at
) VALUES (
  s.window_start, s.kafka_topic, s.kafka_topic_id, s.kafka_partition,
  s.accepted, s.pending, s.duplicate, s.ahead, s.watermark, @started
)
