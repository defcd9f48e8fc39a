-- How far a pass may go that is to take no more than @most new records: to before
-- the second of ingest that has the next of them, of one second at the least. NULL
-- where there are no more. Records below the greatest offset that was seen fill
-- holes: they are taken too, and not reckoned with.
SELECT MIN(second) AS until
FROM (
  SELECT second, records, SUM(records) OVER (ORDER BY second) AS so_far
  FROM (
    SELECT TIMESTAMP_TRUNC(r.ingested_at, SECOND) AS second, COUNT(*) AS records
    FROM (
      SELECT kafka_topic, kafka_topic_id, kafka_partition, kafka_offset, ingested_at
      FROM raw.votes
      WHERE ingested_at >= @floor
      UNION ALL
      SELECT kafka_topic, kafka_topic_id, kafka_partition, kafka_offset, ingested_at
      FROM raw.voters
      WHERE ingested_at >= @floor
      UNION ALL
      SELECT kafka_topic, kafka_topic_id, kafka_partition, kafka_offset, ingested_at
      FROM raw.rejects
      WHERE ingested_at >= @floor
    ) AS r
    LEFT JOIN core.progress AS p
      ON p.kafka_topic = r.kafka_topic
      AND p.kafka_topic_id = r.kafka_topic_id
      AND p.kafka_partition = r.kafka_partition
    WHERE r.kafka_offset > IFNULL(p.last_offset, -1)
    GROUP BY second
  )
)
WHERE so_far > @most AND so_far > records
