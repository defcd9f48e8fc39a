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
      -- include recent_records
    ) AS r
    -- include progress_of_r
    WHERE r.kafka_offset > IFNULL(p.last_offset, -1)
    GROUP BY second
  )
)
WHERE so_far > @most AND so_far > records
