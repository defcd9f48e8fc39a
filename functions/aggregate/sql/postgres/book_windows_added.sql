-- Adds to the minutes of the books what this pass has changed. A minute without records is
-- deleted. Where the greatest event time may be gone, it is found again among the records
-- of the minute: among the registrations where the pass has any of that topic. OFFSET 0
-- keeps the planner from looking for it twice.
INSERT INTO core.book_windows AS t (
  window_start, kafka_topic, kafka_topic_id, kafka_partition, accepted, pending, duplicate, ahead, watermark, updated_at
)
SELECT window_start, kafka_topic, kafka_topic_id, kafka_partition, accepted, pending, duplicate, ahead, watermark, @started::timestamptz
FROM changed_books
ON CONFLICT (window_start, kafka_topic, kafka_topic_id, kafka_partition) DO UPDATE SET
  accepted = t.accepted + excluded.accepted,
  pending = t.pending + excluded.pending,
  duplicate = t.duplicate + excluded.duplicate,
  ahead = coalesce(t.ahead, 0) + excluded.ahead,
  watermark = greatest(t.watermark, excluded.watermark),
  updated_at = excluded.updated_at
WHERE excluded.accepted != 0 OR excluded.pending != 0 OR excluded.duplicate != 0 OR excluded.ahead != 0
  OR t.watermark IS DISTINCT FROM greatest(t.watermark, excluded.watermark);
DELETE FROM core.book_windows AS t
USING changed_books AS c
WHERE t.window_start = c.window_start
  AND t.kafka_topic = c.kafka_topic
  AND t.kafka_topic_id = c.kafka_topic_id
  AND t.kafka_partition = c.kafka_partition
  AND t.accepted + t.pending + t.duplicate = 0;
UPDATE core.book_windows AS t SET
  watermark = c.found,
  updated_at = @started::timestamptz
FROM (
  SELECT c.*, CASE
    WHEN c.kafka_topic IN (SELECT kafka_topic FROM roll) THEN (
      SELECT v.kafka_timestamp
      FROM core.voters AS v
      WHERE v.kafka_timestamp >= c.window_start AND v.kafka_timestamp < c.window_start + interval '1 minute'
        AND v.kafka_topic = c.kafka_topic
        AND v.kafka_topic_id = c.kafka_topic_id
        AND v.kafka_partition = c.kafka_partition
      ORDER BY v.kafka_timestamp DESC
      LIMIT 1
    )
    ELSE (
      SELECT max(least(b.voted_at, b.kafka_timestamp))
      FROM core.ballots AS b
      WHERE date_bin('1 minute', b.voted_at, '0001-01-01 00:00:00+00') = c.window_start
        AND b.kafka_topic = c.kafka_topic
        AND b.kafka_topic_id = c.kafka_topic_id
        AND b.kafka_partition = c.kafka_partition
        AND b.state IS NOT NULL
    )
  END AS found
  FROM changed_books AS c
  WHERE c.gone_watermark > coalesce(c.watermark, '-infinity')
    AND c.gone_watermark = (
      SELECT k.watermark
      FROM core.book_windows AS k
      WHERE k.window_start = c.window_start
        AND k.kafka_topic = c.kafka_topic
        AND k.kafka_topic_id = c.kafka_topic_id
        AND k.kafka_partition = c.kafka_partition
    )
  OFFSET 0
) AS c
WHERE t.window_start = c.window_start
  AND t.kafka_topic = c.kafka_topic
  AND t.kafka_topic_id = c.kafka_topic_id
  AND t.kafka_partition = c.kafka_partition
  AND t.watermark IS DISTINCT FROM c.found
