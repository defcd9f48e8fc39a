-- The records of raw that were ingested at @floor or after, each with the progress of
-- its partition. poll.sql and portion.sql go on from here: dialect.go puts this file
-- above them.
WITH recent AS (
  SELECT
    r.source, r.kafka_topic, r.kafka_topic_id, r.kafka_partition, r.kafka_offset, r.ingested_at,
    IFNULL(p.next_offset, 0) AS next_offset,
    IFNULL(p.last_offset, -1) AS last_offset
  FROM (
    SELECT 'votes' AS source, kafka_topic, kafka_topic_id, kafka_partition, kafka_offset, ingested_at
    FROM raw.votes
    WHERE ingested_at >= @floor
    UNION ALL
    SELECT 'voters', kafka_topic, kafka_topic_id, kafka_partition, kafka_offset, ingested_at
    FROM raw.voters
    WHERE ingested_at >= @floor
    UNION ALL
    SELECT 'rejects', kafka_topic, kafka_topic_id, kafka_partition, kafka_offset, ingested_at
    FROM raw.rejects
    WHERE ingested_at >= @floor
  ) AS r
  LEFT JOIN core.progress AS p
    ON p.kafka_topic = r.kafka_topic
    AND p.kafka_topic_id = r.kafka_topic_id
    AND p.kafka_partition = r.kafka_partition
)
