-- What is known of each partition's log: the last report, how far any report had
-- it read and which was the first, since when something is unread or not settled, and when
-- the report of the latter came in. Settled is what the
-- books say in the same transaction.
-- Reports are read from @reports_from on; where that is NULL, as far back as a day from the
-- newest. @furthest is how far reports before that had each partition read.
SELECT
  kafka_topic,
  kafka_topic_id,
  kafka_partition,
  max(partitions) FILTER (WHERE newest = 1) AS partitions,
  max(last_stable) FILTER (WHERE newest = 1) AS last_stable,
  max(log_end) FILTER (WHERE newest = 1) AS log_end,
  max(furthest) AS next_offset,
  max(last_record) AS last_record,
  max(deleted) AS deleted,
  COALESCE(max(open_transactions) FILTER (WHERE newest = 1), '') AS open_transactions,
  max(observed_at) AS observed_at,
  min(observed_at) FILTER (WHERE next_offset = furthest) AS read_at,
  min(observed_at) FILTER (WHERE log_end > furthest) AS unread_since,
  min(observed_at) FILTER (WHERE last_record >= settled) AS unsettled_since,
  min(ingested_at) FILTER (WHERE last_record >= settled) AS unsettled_from
FROM (
  SELECT
    r.*,
    COALESCE(b.next_offset, 0) AS settled,
    row_number() OVER (
      PARTITION BY r.kafka_topic, r.kafka_topic_id, r.kafka_partition
      ORDER BY r.observed_at DESC, r.next_offset DESC
    ) AS newest,
    greatest(k.furthest, max(r.next_offset) OVER (PARTITION BY r.kafka_topic, r.kafka_topic_id, r.kafka_partition)) AS furthest
  FROM analytics.log_ends AS r
  LEFT JOIN analytics.books AS b
    ON b.kafka_topic = r.kafka_topic
    AND b.kafka_topic_id = r.kafka_topic_id
    AND b.kafka_partition = r.kafka_partition
  LEFT JOIN unnest(@topics::text[], @topic_ids::text[], @partitions::bigint[], @furthest::bigint[])
    AS k (kafka_topic, kafka_topic_id, kafka_partition, furthest)
    ON k.kafka_topic = r.kafka_topic
    AND k.kafka_topic_id = r.kafka_topic_id
    AND k.kafka_partition = r.kafka_partition
  WHERE r.ingested_at >= COALESCE(@reports_from, (SELECT date_trunc('hour', max(ingested_at) - interval '24 hours') FROM analytics.log_ends))
) AS reports
GROUP BY kafka_topic, kafka_topic_id, kafka_partition
ORDER BY kafka_topic, kafka_topic_id, kafka_partition
