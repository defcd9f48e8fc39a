-- Counted records that don't come first among those of their voter.
WITH records AS (
  SELECT DISTINCT 'vote' AS kind, kafka_topic, kafka_topic_id, kafka_partition, kafka_offset, kafka_timestamp,
    voter_key, voted_at AS event_time
  FROM raw.votes
  UNION ALL
  SELECT DISTINCT 'registration', kafka_topic, kafka_topic_id, kafka_partition, kafka_offset, kafka_timestamp,
    voter_key, kafka_timestamp
  FROM raw.voters
),
counted AS (
  SELECT r.*
  FROM records AS r
  LEFT JOIN core.progress AS p USING (kafka_topic, kafka_topic_id, kafka_partition)
  LEFT JOIN (
    SELECT DISTINCT kafka_topic, kafka_topic_id, kafka_partition, kafka_offset, TRUE AS stands
    FROM (
      SELECT kafka_topic, kafka_topic_id, kafka_partition, kafka_offset FROM core.ballots
      UNION ALL
      SELECT kafka_topic, kafka_topic_id, kafka_partition, kafka_offset FROM core.voters
      UNION ALL
      SELECT kafka_topic, kafka_topic_id, kafka_partition, kafka_offset FROM core.duplicates
    )
  ) AS c USING (kafka_topic, kafka_topic_id, kafka_partition, kafka_offset)
  WHERE r.kafka_offset < IFNULL(p.next_offset, 0) OR c.stands
),
placed AS (
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
FROM placed
WHERE IF(kind = 'vote', earliest, latest) > 1
