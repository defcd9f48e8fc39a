-- The second of ingest at which a pass of at most @most new records must stop; NULL if
-- all fit. All records of one second go together, and a pass takes one second at least.
-- Records that fill holes are taken too and not counted: those at or below the greatest
-- offset that a pass has seen.
SELECT min(second) AS until
FROM (
  SELECT second, records, sum(records) OVER (ORDER BY second) AS so_far
  FROM (
    SELECT date_trunc('second', ingested_at) AS second, count(*) AS records
    FROM recent
    WHERE kafka_offset > last_offset
    GROUP BY 1
  ) AS r
) AS r
WHERE so_far > @most::bigint AND so_far > records
