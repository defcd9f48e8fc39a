-- The earliest counted vote of each voter, where the voter is registered now.
WITH records AS (
  SELECT DISTINCT kafka_topic, kafka_topic_id, kafka_partition, kafka_offset, kafka_timestamp,
    voter_key, vote_id, candidate, candidate_image, voted_at, polling_station
  FROM raw.votes
),
{counted},
earliest AS (
  SELECT *
  FROM counted
  WHERE TRUE
  QUALIFY ROW_NUMBER() OVER (
    PARTITION BY voter_key
    ORDER BY kafka_timestamp, kafka_partition, kafka_offset, kafka_topic_id
  ) = 1
)
SELECT e.*, FARM_FINGERPRINT(CONCAT(e.kafka_topic, '/', e.kafka_topic_id, '/', CAST(e.kafka_partition AS STRING))) AS kafka_log,
  v.state, v.age_group, v.gender
FROM earliest AS e
LEFT JOIN (SELECT DISTINCT voter_key, state, age_group, gender FROM core.voters) AS v USING (voter_key)
