-- The settled rejects of each partition by reason, from raw. One that is among the votes or the
-- registrations too isn't rejected.
SELECT r.kafka_topic, r.kafka_topic_id, r.kafka_partition, r.reason, COUNT(*) AS settled
FROM (
  SELECT kafka_topic, kafka_topic_id, kafka_partition, kafka_offset, MIN(reason) AS reason
  FROM raw.rejects
  GROUP BY kafka_topic, kafka_topic_id, kafka_partition, kafka_offset
) AS r
JOIN core.progress AS p USING (kafka_topic, kafka_topic_id, kafka_partition)
LEFT JOIN (
  SELECT kafka_topic, kafka_topic_id, kafka_partition, kafka_offset FROM raw.votes
  UNION DISTINCT
  SELECT kafka_topic, kafka_topic_id, kafka_partition, kafka_offset FROM raw.voters
) AS counted USING (kafka_topic, kafka_topic_id, kafka_partition, kafka_offset)
WHERE counted.kafka_topic IS NULL AND r.kafka_offset < p.next_offset
GROUP BY r.kafka_topic, r.kafka_topic_id, r.kafka_partition, r.reason
