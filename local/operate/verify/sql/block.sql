-- Raw's records of a range of offsets of one partition.
SELECT kafka_offset, {{millis "MIN(kafka_timestamp)"}} AS millis
FROM (
  SELECT kafka_topic, kafka_topic_id, kafka_partition, kafka_offset, kafka_timestamp FROM raw.votes
  UNION ALL
  SELECT kafka_topic, kafka_topic_id, kafka_partition, kafka_offset, kafka_timestamp FROM raw.voters
  UNION ALL
  SELECT kafka_topic, kafka_topic_id, kafka_partition, kafka_offset, kafka_timestamp FROM raw.rejects
) AS r
WHERE kafka_topic = @topic AND kafka_topic_id = @topic_id AND kafka_partition = @number
  AND kafka_offset >= @begin AND kafka_offset < @end
GROUP BY kafka_offset
ORDER BY kafka_offset
