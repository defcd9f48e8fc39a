-- How many different contents the rows of a record have. It must be one, however often
-- the record was delivered.
SELECT kafka_topic, kafka_topic_id, kafka_partition, kafka_offset, COUNT(*) AS readings
FROM (
  SELECT DISTINCT kafka_topic, kafka_topic_id, kafka_partition, kafka_offset,
    kafka_timestamp, vote_id, voter_key, candidate, candidate_image, voted_at, polling_station
  FROM raw.votes
) AS r
GROUP BY kafka_topic, kafka_topic_id, kafka_partition, kafka_offset
