-- The rows that a table lacks (wanted) and those that it should not have (present), as
-- JSON. Each has the number of rows of its kind.
WITH wanted AS {{materialized}}(
SELECT {{.columns}}, COUNT(*) AS copies FROM (
{{.wanted}}
) AS w GROUP BY {{.columns}}
),
present AS {{materialized}}(
SELECT {{.columns}}, COUNT(*) AS copies FROM (SELECT {{.read}} FROM {{.table}}) AS p GROUP BY {{.columns}}
),
differing AS (
SELECT 'wanted' AS kind, {{json "t"}} AS line FROM (SELECT * FROM wanted EXCEPT DISTINCT SELECT * FROM present) AS t
UNION ALL
SELECT 'present', {{json "t"}} FROM (SELECT * FROM present EXCEPT DISTINCT SELECT * FROM wanted) AS t
)
SELECT kind, line, COUNT(*) OVER (PARTITION BY kind) AS total FROM differing ORDER BY line, kind LIMIT {{.limit}}
