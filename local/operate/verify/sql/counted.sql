-- The records that are counted: all below the settled offset, and those above it that
-- a core table has already. Other files have it in their WITH, after records.
counted AS (
  SELECT r.*
  FROM records AS r
  LEFT JOIN core.progress AS p USING (kafka_topic, kafka_topic_id, kafka_partition)
  LEFT JOIN (
    SELECT kafka_topic, kafka_topic_id, kafka_partition, kafka_offset, TRUE AS stands
    FROM (
      SELECT kafka_topic, kafka_topic_id, kafka_partition, kafka_offset FROM core.ballots
      UNION DISTINCT
      SELECT kafka_topic, kafka_topic_id, kafka_partition, kafka_offset FROM core.voters
      UNION DISTINCT
      SELECT kafka_topic, kafka_topic_id, kafka_partition, kafka_offset FROM core.duplicates
    ) AS s
  ) AS c USING (kafka_topic, kafka_topic_id, kafka_partition, kafka_offset)
  WHERE r.kafka_offset < COALESCE(p.next_offset, 0) OR c.stands
)
