{{- /* Run for each table of windowTables in rebuild.go. Key names the columns that
identify a row; Time is the first of them. */ -}}
-- Deletes the rows of the range that {{.Table}} has more than once: a MERGE would
-- change each of them. Their windows are counted again.
DELETE FROM {{.Table}}
WHERE {{.Time}} >= TIMESTAMP_TRUNC(@rebuild_from, HOUR) AND {{.Time}} < @rebuild_to
  AND TO_JSON_STRING(STRUCT({{.Key}})) IN (
    SELECT TO_JSON_STRING(STRUCT({{.Key}}))
    FROM {{.Table}}
    WHERE {{.Time}} >= TIMESTAMP_TRUNC(@rebuild_from, HOUR) AND {{.Time}} < @rebuild_to
    GROUP BY {{.Key}}
    HAVING COUNT(*) > 1
  )
