-- The rejected records of each partition by reason. Those below the settled offset are
-- added once, by the pass that settles them. Those above it are counted again by each
-- pass. Partitions of which the pass has no record stay as they are.
MERGE INTO analytics.rejections AS t
USING (
{{include "rejections_counted" . | indent 2}}
) AS s
ON t.kafka_topic = s.kafka_topic
  AND t.kafka_topic_id = s.kafka_topic_id
  AND t.kafka_partition = s.kafka_partition
  AND t.reason = s.reason
WHEN MATCHED AND t.settled + s.settled + s.above = 0 THEN DELETE
WHEN MATCHED AND (s.settled > 0 OR t.rejected != t.settled + s.above) THEN UPDATE SET
  rejected = t.settled + s.settled + s.above,
  settled = t.settled + s.settled,
  updated_at = @started
WHEN NOT MATCHED THEN INSERT (
  kafka_topic, kafka_topic_id, kafka_partition, reason, rejected, settled, first_seen, updated_at
) VALUES (
  s.kafka_topic, s.kafka_topic_id, s.kafka_partition, s.reason, s.settled + s.above, s.settled, @started, @started
)
