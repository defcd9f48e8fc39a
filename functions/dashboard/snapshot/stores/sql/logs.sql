-- What is known of each partition's log, by the reports that logs_from.sql chooses. Settled is
-- what the books say at the same instant.
--   partitions, last_stable, log_end, open_transactions: what the last report says
--   next_offset: how far any report had the log read
--   last_record, deleted: the greatest that any report says
--   observed_at: when the last report was made
--   read_at: when the first report was made that had the log read so far
--   unread_since: when the first report was made by which the log reaches further than that
--   unsettled_since: when the first report was made by which the log has a record that isn't settled
--   unsettled_from: when the first of those came in
SELECT{{struct}}
  kafka_topic,
  kafka_topic_id,
  kafka_partition,
  MAX(CASE WHEN newest = 1 THEN partitions END) AS partitions,
  MAX(CASE WHEN newest = 1 THEN last_stable END) AS last_stable,
  MAX(CASE WHEN newest = 1 THEN log_end END) AS log_end,
  MAX(furthest) AS next_offset,
  MAX(last_record) AS last_record,
  MAX(deleted) AS deleted,
  COALESCE(MAX(CASE WHEN newest = 1 THEN open_transactions END), '') AS open_transactions,
  MAX(observed_at) AS observed_at,
  MIN(CASE WHEN next_offset = furthest THEN observed_at END) AS read_at,
  MIN(CASE WHEN log_end > furthest THEN observed_at END) AS unread_since,
  MIN(CASE WHEN last_record >= settled THEN observed_at END) AS unsettled_since,
  MIN(CASE WHEN last_record >= settled THEN ingested_at END) AS unsettled_from
FROM (
  SELECT
    r.*,
    COALESCE(b.next_offset, 0) AS settled,
    ROW_NUMBER() OVER (
      PARTITION BY r.kafka_topic, r.kafka_topic_id, r.kafka_partition
      ORDER BY r.observed_at DESC, r.next_offset DESC
    ) AS newest,
    {{furthest "MAX(r.next_offset) OVER (PARTITION BY r.kafka_topic, r.kafka_topic_id, r.kafka_partition)"}} AS furthest
  FROM analytics.log_ends AS r
  LEFT JOIN analytics.books AS b
    ON b.kafka_topic = r.kafka_topic
    AND b.kafka_topic_id = r.kafka_topic_id
    AND b.kafka_partition = r.kafka_partition
{{include "logs_from" . | indent 2}}
) AS reports
GROUP BY kafka_topic, kafka_topic_id, kafka_partition
ORDER BY kafka_topic, kafka_topic_id, kafka_partition
