-- The books of each partition, counted from the rows themselves.
SELECT p.kafka_topic, p.kafka_topic_id, p.kafka_partition,
  p.records + p.records_above AS records,
  p.rejected + p.rejected_above AS rejected,
  p.last_offset + 1 - p.first_offset - p.records - p.records_above AS gaps,
  p.first_offset, p.next_offset, p.last_offset,
{{include "fates_counted" . | indent 2}}
FROM core.progress AS p
LEFT JOIN (
{{include "fates" . | indent 2}}
) AS r USING (kafka_topic, kafka_topic_id, kafka_partition)
GROUP BY p.kafka_topic, p.kafka_topic_id, p.kafka_partition, p.records, p.records_above, p.rejected, p.rejected_above,
  p.first_offset, p.next_offset, p.last_offset
