-- The rejected records of each partition by reason. Those below the settled offset are
-- added once, by the pass that settles them. Those above it are counted again by each
-- pass. Partitions of which the pass has no record stay as they are.
MERGE INTO analytics.rejections AS t
USING (
  SELECT r.kafka_topic, r.kafka_topic_id, r.kafka_partition, r.reason,
    {{integer "SUM(r.settled)"}} AS settled,
    {{integer "SUM(r.above)"}} AS above
  FROM (
    SELECT f.kafka_topic, f.kafka_topic_id, f.kafka_partition, f.reason,
      CASE WHEN f.kafka_offset < p.next_offset THEN 1 ELSE 0 END AS settled,
      CASE WHEN f.kafka_offset < p.next_offset THEN 0 ELSE 1 END AS above
    FROM (
{{include "fresh_reasons" . | indent 6}}
    ) AS f
    JOIN core.progress AS p
      ON p.kafka_topic = f.kafka_topic
      AND p.kafka_topic_id = f.kafka_topic_id
      AND p.kafka_partition = f.kafka_partition
    UNION ALL
    SELECT known.kafka_topic, known.kafka_topic_id, known.kafka_partition, known.reason, 0, 0
    FROM analytics.rejections AS known
    JOIN (SELECT DISTINCT kafka_topic, kafka_topic_id, kafka_partition FROM fresh_records) AS f
      ON f.kafka_topic = known.kafka_topic
      AND f.kafka_topic_id = known.kafka_topic_id
      AND f.kafka_partition = known.kafka_partition
  ) AS r
  GROUP BY r.kafka_topic, r.kafka_topic_id, r.kafka_partition, r.reason
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
