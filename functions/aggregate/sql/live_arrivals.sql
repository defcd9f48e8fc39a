-- How many rows of raw were ingested at @floor or after, and when the newest was. A reader
-- asks for it to learn whether anything has come.
SELECT count(*) AS arrived, max(ingested_at) AS newest
FROM (
  SELECT ingested_at FROM raw.votes WHERE ingested_at >= @floor
  UNION ALL
  SELECT ingested_at FROM raw.voters WHERE ingested_at >= @floor
  UNION ALL
  SELECT ingested_at FROM raw.rejects WHERE ingested_at >= @floor
) AS r
