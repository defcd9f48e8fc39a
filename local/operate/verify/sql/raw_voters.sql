-- How many different contents the rows of a record have. It must be one, however often
-- the record was delivered.
SELECT kafka_topic, kafka_topic_id, kafka_partition, kafka_offset, COUNT(*) AS readings
FROM (
  SELECT DISTINCT kafka_topic, kafka_topic_id, kafka_partition, kafka_offset,
    kafka_timestamp, voter_key, state, age_group, gender, county, precinct
  FROM raw.voters
) AS r
GROUP BY kafka_topic, kafka_topic_id, kafka_partition, kafka_offset
