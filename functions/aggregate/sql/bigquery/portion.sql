-- The second of ingest at which a pass of at most @most new records must stop; NULL if
-- all fit. All records of one second go together, and a pass takes one second at least.
-- Records that fill holes are taken too and not counted: those at or below the greatest
-- offset that a pass has seen.
SELECT MIN(second) AS until
FROM (
  SELECT second, records, SUM(records) OVER (ORDER BY second) AS so_far
  FROM (
    SELECT TIMESTAMP_TRUNC(ingested_at, SECOND) AS second, COUNT(*) AS records
    FROM recent
    WHERE kafka_offset > last_offset
    GROUP BY second
  )
)
WHERE so_far > @most AND so_far > records
