-- What raw holds of each partition, and what became of it.
WITH
{{include "records" .}},
fates AS (
  SELECT kafka_topic, kafka_topic_id, kafka_partition, kafka_offset, MIN(fate) AS fate
  FROM (
{{include "fates" . | indent 4}}
  ) AS d
  GROUP BY kafka_topic, kafka_topic_id, kafka_partition, kafka_offset
)
SELECT kafka_topic, kafka_topic_id, kafka_partition,
  COUNT(*) AS records,
  {{integer "SUM(r.deliveries) - COUNT(*)"}} AS repeats,
  MIN(kafka_offset) AS first_offset,
  MAX(kafka_offset) AS last_offset,
  COUNT(CASE WHEN f.fate = 'accepted' THEN 1 END) AS accepted,
  COUNT(CASE WHEN f.fate = 'duplicate' THEN 1 END) AS duplicate,
  COUNT(CASE WHEN f.fate = 'pending' THEN 1 END) AS pending,
  COUNT(CASE WHEN r.rejected THEN 1 END) AS rejected,
  COUNT(CASE WHEN NOT r.rejected AND f.fate IS NULL THEN 1 END) AS uncounted,
  COALESCE(MIN(CASE WHEN NOT r.rejected AND f.fate IS NULL THEN kafka_offset END), -1) AS first_uncounted,
  COUNT(CASE WHEN r.rejected AND kafka_offset >= COALESCE(p.next_offset, 0) THEN 1 END) - COALESCE(MAX(p.rejected_above), 0) AS uncounted_rejects,
  COALESCE(MAX(p.next_offset), 0) AS next_offset
FROM records AS r
LEFT JOIN (
  SELECT kafka_topic, kafka_topic_id, kafka_partition, MAX(next_offset) AS next_offset, MAX(rejected_above) AS rejected_above
  FROM core.progress
  GROUP BY kafka_topic, kafka_topic_id, kafka_partition
) AS p USING (kafka_topic, kafka_topic_id, kafka_partition)
LEFT JOIN fates AS f USING (kafka_topic, kafka_topic_id, kafka_partition, kafka_offset)
GROUP BY kafka_topic, kafka_topic_id, kafka_partition
ORDER BY kafka_topic, kafka_topic_id, kafka_partition
