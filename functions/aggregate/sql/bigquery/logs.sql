-- The partitions that core or this pass has records of, and the number by which core.ballots
-- and core.voters name them. roll.sql and contenders.sql look it up in place of three
-- columns, because BigQuery bills what they read for all voters. It follows from the
-- partition's name alone. Two names with the same number would make one record of two.
SELECT kafka_topic, kafka_topic_id, kafka_partition,
  IF(COUNT(*) OVER (PARTITION BY kafka_log) = 1, kafka_log,
    ERROR('two partitions have the same kafka_log, and no record of theirs can be told apart: give one topic another name')) AS kafka_log
FROM (
  SELECT kafka_topic, kafka_topic_id, kafka_partition,
    FARM_FINGERPRINT(FORMAT('%s/%s/%d', kafka_topic, kafka_topic_id, kafka_partition)) AS kafka_log
  FROM (
    SELECT kafka_topic, kafka_topic_id, kafka_partition FROM core.progress
    UNION DISTINCT
    SELECT kafka_topic, kafka_topic_id, kafka_partition FROM fresh_records
  )
)
