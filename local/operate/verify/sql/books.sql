-- The books of each partition, counted from the rows themselves.
SELECT p.kafka_topic, p.kafka_topic_id, p.kafka_partition,
  p.records + p.records_above AS records,
  COUNT(CASE WHEN r.fate = 'accepted' THEN 1 END) AS accepted,
  COUNT(CASE WHEN r.fate = 'duplicate' THEN 1 END) AS duplicate,
  p.rejected + p.rejected_above AS rejected,
  COUNT(CASE WHEN r.fate = 'pending' THEN 1 END) AS pending,
  p.last_offset + 1 - p.first_offset - p.records - p.records_above AS gaps,
  p.first_offset, p.next_offset, p.last_offset,
  COUNT(CASE WHEN r.fate = 'accepted' AND {{minuteAhead "r.event_time" "r.kafka_timestamp"}} THEN 1 END) AS ahead,
  MAX(CASE WHEN r.fate = 'accepted' THEN LEAST(r.event_time, r.kafka_timestamp) END) AS watermark
FROM core.progress AS p
LEFT JOIN (
  SELECT kafka_topic, kafka_topic_id, kafka_partition, CASE WHEN state IS NULL THEN 'pending' ELSE 'accepted' END AS fate,
    voted_at AS event_time, kafka_timestamp
  FROM core.ballots
  UNION ALL
  SELECT kafka_topic, kafka_topic_id, kafka_partition, 'accepted', kafka_timestamp, kafka_timestamp FROM core.voters
  UNION ALL
  SELECT kafka_topic, kafka_topic_id, kafka_partition, 'duplicate', event_time, kafka_timestamp FROM core.duplicates
) AS r USING (kafka_topic, kafka_topic_id, kafka_partition)
GROUP BY p.kafka_topic, p.kafka_topic_id, p.kafka_partition, p.records, p.records_above, p.rejected, p.rejected_above,
  p.first_offset, p.next_offset, p.last_offset
