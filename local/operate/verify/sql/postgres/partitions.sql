-- What raw holds of each partition, and what became of it.
WITH records AS (
  SELECT kafka_topic, kafka_topic_id, kafka_partition, kafka_offset,
    bool_and(rejected) AS rejected, count(*) AS deliveries
  FROM (
    SELECT kafka_topic, kafka_topic_id, kafka_partition, kafka_offset, false AS rejected FROM raw.votes
    UNION ALL
    SELECT kafka_topic, kafka_topic_id, kafka_partition, kafka_offset, false FROM raw.voters
    UNION ALL
    SELECT kafka_topic, kafka_topic_id, kafka_partition, kafka_offset, true FROM raw.rejects
  ) AS d
  GROUP BY kafka_topic, kafka_topic_id, kafka_partition, kafka_offset
),
fates AS (
  SELECT kafka_topic, kafka_topic_id, kafka_partition, kafka_offset, min(fate) AS fate
  FROM (
    SELECT kafka_topic, kafka_topic_id, kafka_partition, kafka_offset,
      CASE WHEN state IS NULL THEN 'pending' ELSE 'accepted' END AS fate
    FROM core.ballots
    UNION ALL
    SELECT kafka_topic, kafka_topic_id, kafka_partition, kafka_offset, 'accepted' FROM core.voters
    UNION ALL
    SELECT kafka_topic, kafka_topic_id, kafka_partition, kafka_offset, 'duplicate' FROM core.duplicates
  ) AS d
  GROUP BY kafka_topic, kafka_topic_id, kafka_partition, kafka_offset
)
SELECT kafka_topic, kafka_topic_id, kafka_partition,
  count(*) AS records,
  sum(r.deliveries)::bigint - count(*) AS repeats,
  min(kafka_offset) AS first_offset,
  max(kafka_offset) AS last_offset,
  count(*) FILTER (WHERE f.fate = 'accepted') AS accepted,
  count(*) FILTER (WHERE f.fate = 'duplicate') AS duplicate,
  count(*) FILTER (WHERE f.fate = 'pending') AS pending,
  count(*) FILTER (WHERE r.rejected) AS rejected,
  count(*) FILTER (WHERE NOT r.rejected AND f.fate IS NULL) AS uncounted,
  coalesce(min(kafka_offset) FILTER (WHERE NOT r.rejected AND f.fate IS NULL), -1) AS first_uncounted,
  count(*) FILTER (WHERE r.rejected AND kafka_offset >= coalesce(p.next_offset, 0)) - coalesce(max(p.rejected_above), 0) AS uncounted_rejects,
  coalesce(max(p.next_offset), 0) AS next_offset
FROM records AS r
LEFT JOIN (
  SELECT kafka_topic, kafka_topic_id, kafka_partition, max(next_offset) AS next_offset, max(rejected_above) AS rejected_above
  FROM core.progress
  GROUP BY kafka_topic, kafka_topic_id, kafka_partition
) AS p USING (kafka_topic, kafka_topic_id, kafka_partition)
LEFT JOIN fates AS f USING (kafka_topic, kafka_topic_id, kafka_partition, kafka_offset)
GROUP BY kafka_topic, kafka_topic_id, kafka_partition
ORDER BY kafka_topic, kafka_topic_id, kafka_partition
