-- The books of each partition, counted from the rows themselves.
SELECT p.kafka_topic, p.kafka_topic_id, p.kafka_partition,
  p.records + p.records_above AS records,
  COUNTIF(r.fate = 'accepted') AS accepted,
  COUNTIF(r.fate = 'duplicate') AS duplicate,
  p.rejected + p.rejected_above AS rejected,
  COUNTIF(r.fate = 'pending') AS pending,
  p.last_offset + 1 - p.first_offset - p.records - p.records_above AS gaps,
  p.first_offset, p.next_offset, p.last_offset,
  COUNTIF(r.fate = 'accepted' AND TIMESTAMP_DIFF(r.event_time, r.kafka_timestamp, MICROSECOND) > 60000000) AS ahead,
  MAX(IF(r.fate = 'accepted', LEAST(r.event_time, r.kafka_timestamp), NULL)) AS watermark
FROM core.progress AS p
LEFT JOIN (
  SELECT kafka_topic, kafka_topic_id, kafka_partition, IF(state IS NULL, 'pending', 'accepted') AS fate,
    voted_at AS event_time, kafka_timestamp
  FROM core.ballots
  UNION ALL
  SELECT kafka_topic, kafka_topic_id, kafka_partition, 'accepted', kafka_timestamp, kafka_timestamp FROM core.voters
  UNION ALL
  SELECT kafka_topic, kafka_topic_id, kafka_partition, 'duplicate', event_time, kafka_timestamp FROM core.duplicates
) AS r USING (kafka_topic, kafka_topic_id, kafka_partition)
GROUP BY p.kafka_topic, p.kafka_topic_id, p.kafka_partition, p.records, p.records_above, p.rejected, p.rejected_above,
  p.first_offset, p.next_offset, p.last_offset
