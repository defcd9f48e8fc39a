-- The accepted, pending and duplicate records of the touched minutes, counted again
-- from the three tables that hold them. watermark is the greatest event time of the
-- accepted ones; a vote moves it no further than to the broker's timestamp.
MERGE INTO core.book_windows AS t
USING (
{{include "book_windows_counted" . | indent 2}}
) AS s
ON t.window_start = s.window_start
  AND t.kafka_topic = s.kafka_topic
  AND t.kafka_topic_id = s.kafka_topic_id
  AND t.kafka_partition = s.kafka_partition
  AND t.window_start >= {{variable "first_window"}}
  AND t.window_start < {{variable "end_window"}}
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
