-- Written by go test ./functions/aggregate -update, from functions/aggregate/sql.
SELECT count(*) AS arrived, max(ingested_at) AS newest
FROM (
  SELECT ingested_at FROM `${project}.${prefix}raw.votes` WHERE ingested_at >= ingested_from
  UNION ALL
  SELECT ingested_at FROM `${project}.${prefix}raw.voters` WHERE ingested_at >= ingested_from
  UNION ALL
  SELECT ingested_at FROM `${project}.${prefix}raw.rejects` WHERE ingested_at >= ingested_from
) AS r
