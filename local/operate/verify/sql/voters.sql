-- The latest counted registration of each voter.
WITH records AS (
  SELECT DISTINCT kafka_topic, kafka_topic_id, kafka_partition, kafka_offset, kafka_timestamp,
    voter_key, state, age_group, gender, county, precinct
  FROM raw.voters
),
{{include "counted" .}},
ranked AS (
  SELECT *,
    ROW_NUMBER() OVER (
      PARTITION BY voter_key
      ORDER BY kafka_timestamp DESC, kafka_partition DESC, kafka_offset DESC, kafka_topic_id DESC
    ) AS rank
  FROM counted
)
SELECT *{{kafkaLog}}
FROM ranked
WHERE rank = 1
