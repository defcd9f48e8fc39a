-- The latest counted registration of each voter.
WITH records AS (
  SELECT DISTINCT kafka_topic, kafka_topic_id, kafka_partition, kafka_offset, kafka_timestamp,
    voter_key, state, age_group, gender, county, precinct
  FROM raw.voters
),
{counted}
SELECT *, FARM_FINGERPRINT(CONCAT(kafka_topic, '/', kafka_topic_id, '/', CAST(kafka_partition AS STRING))) AS kafka_log
FROM counted
WHERE TRUE
QUALIFY ROW_NUMBER() OVER (
  PARTITION BY voter_key
  ORDER BY kafka_timestamp DESC, kafka_partition DESC, kafka_offset DESC, kafka_topic_id DESC
) = 1
