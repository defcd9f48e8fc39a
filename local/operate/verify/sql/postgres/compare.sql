-- The rows that a table lacks (wanted) and those that it should not have (present), as
-- JSON. Each has the number of rows of its kind.
WITH wanted AS MATERIALIZED (
SELECT {columns}, count(*) AS copies FROM (
{wanted}
) AS w GROUP BY {columns}
),
present AS MATERIALIZED (
SELECT {columns}, count(*) AS copies FROM (SELECT {read} FROM {table}) AS p GROUP BY {columns}
),
differing AS (
SELECT 'wanted' AS kind, row_to_json(t)::text AS line FROM (SELECT * FROM wanted EXCEPT SELECT * FROM present) AS t
UNION ALL
SELECT 'present', row_to_json(t)::text FROM (SELECT * FROM present EXCEPT SELECT * FROM wanted) AS t
)
SELECT kind, line, count(*) OVER (PARTITION BY kind) AS total FROM differing ORDER BY line COLLATE "C", kind COLLATE "C" LIMIT {limit}
