-- Counted votes that aren't their voter's earliest, and registrations that aren't the latest.
WITH records AS (
  SELECT DISTINCT 'vote' AS kind, kafka_topic, kafka_topic_id, kafka_partition, kafka_offset, kafka_timestamp,
    voter_key, voted_at AS event_time
  FROM raw.votes
  UNION ALL
  SELECT DISTINCT 'registration', kafka_topic, kafka_topic_id, kafka_partition, kafka_offset, kafka_timestamp,
    voter_key, kafka_timestamp
  FROM raw.voters
),
{{include "counted" .}},
numbered AS (
  SELECT *,
    ROW_NUMBER() OVER (
      PARTITION BY kind, voter_key
      ORDER BY kafka_timestamp, kafka_partition, kafka_offset, kafka_topic_id
    ) AS earliest,
    ROW_NUMBER() OVER (
      PARTITION BY kind, voter_key
      ORDER BY kafka_timestamp DESC, kafka_partition DESC, kafka_offset DESC, kafka_topic_id DESC
    ) AS latest
  FROM counted
)
SELECT kafka_topic, kafka_topic_id, kafka_partition, kafka_offset, kafka_timestamp, voter_key, event_time
FROM numbered
WHERE CASE WHEN kind = 'vote' THEN earliest ELSE latest END > 1
