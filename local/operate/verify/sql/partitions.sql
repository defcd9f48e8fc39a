-- What raw holds of each partition, and what became of it.
WITH records AS (
  SELECT kafka_topic, kafka_topic_id, kafka_partition, kafka_offset,
    LOGICAL_AND(rejected) AS rejected, COUNT(*) AS deliveries
  FROM (
    SELECT kafka_topic, kafka_topic_id, kafka_partition, kafka_offset, FALSE AS rejected FROM raw.votes
    UNION ALL
    SELECT kafka_topic, kafka_topic_id, kafka_partition, kafka_offset, FALSE FROM raw.voters
    UNION ALL
    SELECT kafka_topic, kafka_topic_id, kafka_partition, kafka_offset, TRUE FROM raw.rejects
  )
  GROUP BY kafka_topic, kafka_topic_id, kafka_partition, kafka_offset
),
fates AS (
  SELECT kafka_topic, kafka_topic_id, kafka_partition, kafka_offset, MIN(fate) AS fate
  FROM (
    SELECT kafka_topic, kafka_topic_id, kafka_partition, kafka_offset, IF(state IS NULL, 'pending', 'accepted') AS fate
    FROM core.ballots
    UNION ALL
    SELECT kafka_topic, kafka_topic_id, kafka_partition, kafka_offset, 'accepted' FROM core.voters
    UNION ALL
    SELECT kafka_topic, kafka_topic_id, kafka_partition, kafka_offset, 'duplicate' FROM core.duplicates
  )
  GROUP BY kafka_topic, kafka_topic_id, kafka_partition, kafka_offset
)
SELECT kafka_topic, kafka_topic_id, kafka_partition,
  COUNT(*) AS records,
  SUM(r.deliveries) - COUNT(*) AS repeats,
  MIN(kafka_offset) AS first_offset,
  MAX(kafka_offset) AS last_offset,
  COUNTIF(f.fate = 'accepted') AS accepted,
  COUNTIF(f.fate = 'duplicate') AS duplicate,
  COUNTIF(f.fate = 'pending') AS pending,
  COUNTIF(r.rejected) AS rejected,
  COUNTIF(NOT r.rejected AND f.fate IS NULL) AS uncounted,
  IFNULL(MIN(IF(NOT r.rejected AND f.fate IS NULL, kafka_offset, NULL)), -1) AS first_uncounted,
  COUNTIF(r.rejected AND kafka_offset >= IFNULL(p.next_offset, 0)) - IFNULL(MAX(p.rejected_above), 0) AS uncounted_rejects,
  IFNULL(MAX(p.next_offset), 0) AS next_offset
FROM records AS r
LEFT JOIN (
  SELECT kafka_topic, kafka_topic_id, kafka_partition, MAX(next_offset) AS next_offset, MAX(rejected_above) AS rejected_above
  FROM core.progress
  GROUP BY kafka_topic, kafka_topic_id, kafka_partition
) AS p USING (kafka_topic, kafka_topic_id, kafka_partition)
LEFT JOIN fates AS f USING (kafka_topic, kafka_topic_id, kafka_partition, kafka_offset)
GROUP BY kafka_topic, kafka_topic_id, kafka_partition
ORDER BY kafka_topic, kafka_topic_id, kafka_partition
