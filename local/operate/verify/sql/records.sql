-- Each record of raw once, however often it was delivered. One that is among the votes or the
-- registrations too isn't rejected. Other files have it in their WITH.
records AS (
  SELECT kafka_topic, kafka_topic_id, kafka_partition, kafka_offset,
    MIN(kafka_follows) AS kafka_follows,
    MIN(kafka_timestamp) AS kafka_timestamp,
    {{every "rejected"}} AS rejected,
    COUNT(*) AS deliveries
  FROM (
    SELECT kafka_topic, kafka_topic_id, kafka_partition, kafka_offset, kafka_follows, kafka_timestamp, FALSE AS rejected FROM raw.votes
    UNION ALL
    SELECT kafka_topic, kafka_topic_id, kafka_partition, kafka_offset, kafka_follows, kafka_timestamp, FALSE FROM raw.voters
    UNION ALL
    SELECT kafka_topic, kafka_topic_id, kafka_partition, kafka_offset, kafka_follows, kafka_timestamp, TRUE FROM raw.rejects
  ) AS d
  GROUP BY kafka_topic, kafka_topic_id, kafka_partition, kafka_offset
)
