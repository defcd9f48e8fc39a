-- How many different contents the rows of a record have. It must be one, however often
-- the record was delivered.
SELECT kafka_topic, kafka_topic_id, kafka_partition, kafka_offset,
  COUNT(DISTINCT TO_JSON_STRING(STRUCT(
    kafka_timestamp, voter_key, state, age_group, gender, county, precinct
  ))) AS readings
FROM raw.voters
GROUP BY kafka_topic, kafka_topic_id, kafka_partition, kafka_offset
