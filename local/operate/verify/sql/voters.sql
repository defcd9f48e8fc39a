-- The latest registration of each voter, of those that are counted: all below
-- the settled offset, and those above that stand in a core table already.
WITH records AS (
  SELECT DISTINCT kafka_topic, kafka_topic_id, kafka_partition, kafka_offset, kafka_timestamp,
    voter_key, state, age_group, gender, county, precinct
  FROM raw.voters
),
counted AS (
  SELECT r.*
  FROM records AS r
  LEFT JOIN core.progress AS p USING (kafka_topic, kafka_topic_id, kafka_partition)
  LEFT JOIN (
    SELECT DISTINCT kafka_topic, kafka_topic_id, kafka_partition, kafka_offset, TRUE AS stands
    FROM (
      SELECT kafka_topic, kafka_topic_id, kafka_partition, kafka_offset FROM core.voters
      UNION ALL
      SELECT kafka_topic, kafka_topic_id, kafka_partition, kafka_offset FROM core.duplicates
    )
  ) AS c USING (kafka_topic, kafka_topic_id, kafka_partition, kafka_offset)
  WHERE r.kafka_offset < IFNULL(p.next_offset, 0) OR c.stands
)
SELECT *
FROM counted
WHERE TRUE
QUALIFY ROW_NUMBER() OVER (
  PARTITION BY voter_key
  ORDER BY kafka_timestamp DESC, kafka_partition DESC, kafka_offset DESC, kafka_topic_id DESC
) = 1
