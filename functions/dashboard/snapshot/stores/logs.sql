-- What is known of each partition's log: the last report, how far any report had
-- it read and which was the first, since when something is unread or not settled, and when
-- the report of the latter came in. Settled is what the
-- books say in the same statement.
SELECT AS STRUCT
  kafka_topic,
  kafka_topic_id,
  kafka_partition,
  MAX(IF(newest = 1, partitions, NULL)) AS partitions,
  MAX(IF(newest = 1, last_stable, NULL)) AS last_stable,
  MAX(IF(newest = 1, log_end, NULL)) AS log_end,
  MAX(next_offset) AS next_offset,
  MAX(last_record) AS last_record,
  MAX(deleted) AS deleted,
  IFNULL(MAX(IF(newest = 1, open_transactions, NULL)), '') AS open_transactions,
  MAX(observed_at) AS observed_at,
  MIN(IF(next_offset = furthest, observed_at, NULL)) AS read_at,
  MIN(IF(log_end > furthest, observed_at, NULL)) AS unread_since,
  MIN(IF(last_record >= settled, observed_at, NULL)) AS unsettled_since,
  MIN(IF(last_record >= settled, ingested_at, NULL)) AS unsettled_from
FROM (
  SELECT
    r.*,
    IFNULL(b.next_offset, 0) AS settled,
    ROW_NUMBER() OVER (
      PARTITION BY r.kafka_topic, r.kafka_topic_id, r.kafka_partition
      ORDER BY r.observed_at DESC, r.next_offset DESC
    ) AS newest,
    MAX(r.next_offset) OVER (PARTITION BY r.kafka_topic, r.kafka_topic_id, r.kafka_partition) AS furthest
  FROM analytics.log_ends AS r
  LEFT JOIN analytics.books AS b
    ON b.kafka_topic = r.kafka_topic
    AND b.kafka_topic_id = r.kafka_topic_id
    AND b.kafka_partition = r.kafka_partition
  WHERE r.ingested_at >= @reports_from
)
GROUP BY kafka_topic, kafka_topic_id, kafka_partition
ORDER BY kafka_topic, kafka_topic_id, kafka_partition
