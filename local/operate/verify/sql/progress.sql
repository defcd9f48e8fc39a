-- What raw says of the settled offset of each partition. It may not lie above the first
-- record whose predecessor isn't in raw, nor above raw's end. One that lies lower than it
-- could is taken as it is: a pass may not have come yet. Below it the records and the
-- rejects are counted.
WITH
{{include "records" .}},
{{include "ordered" .}},
settled AS (
  SELECT DISTINCT kafka_topic, kafka_topic_id, kafka_partition, next_offset, first_offset FROM core.progress
)
SELECT s.kafka_topic, s.kafka_topic_id, s.kafka_partition,
  LEAST(
    s.next_offset,
    COALESCE(MIN(CASE WHEN r.kafka_follows > COALESCE(r.before, -1) THEN r.kafka_offset END), s.next_offset),
    COALESCE(MAX(r.kafka_offset) + 1, 0)
  ) AS next_offset,
  CASE WHEN s.next_offset > 0 THEN COALESCE(MIN(r.kafka_offset), 0) ELSE s.first_offset END AS first_offset,
  COUNT(CASE WHEN r.kafka_offset < s.next_offset THEN 1 END) AS records,
  COUNT(CASE WHEN r.kafka_offset < s.next_offset AND r.rejected THEN 1 END) AS rejected
FROM settled AS s
LEFT JOIN ordered AS r USING (kafka_topic, kafka_topic_id, kafka_partition)
GROUP BY s.kafka_topic, s.kafka_topic_id, s.kafka_partition, s.next_offset, s.first_offset
