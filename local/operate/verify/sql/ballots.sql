-- The earliest counted vote of each voter, where the voter is registered now.
WITH records AS (
  SELECT DISTINCT kafka_topic, kafka_topic_id, kafka_partition, kafka_offset, kafka_timestamp,
    voter_key, vote_id, candidate, candidate_image, voted_at, polling_station
  FROM raw.votes
),
{{include "counted" .}},
ranked AS (
  SELECT *,
    ROW_NUMBER() OVER (
      PARTITION BY voter_key
      ORDER BY kafka_timestamp, kafka_partition, kafka_offset, kafka_topic_id
    ) AS rank
  FROM counted
)
SELECT b.*{{kafkaLog}}, v.state, v.age_group, v.gender
FROM ranked AS b
LEFT JOIN (SELECT DISTINCT voter_key, state, age_group, gender FROM core.voters) AS v USING (voter_key)
WHERE b.rank = 1
