{{- /* Deletes the groups of a table that .changed has brought to 0. .time is the table's column of
  time, .at the same of a changed row; .group names the other columns of the key, .number the one
  that is 0. Rows are found by their keys: OFFSET 0 keeps the planner from looking through the
  table for them. */ -}}
DELETE FROM {{.table}} AS t
USING (
  SELECT g.*
  FROM {{.changed}} AS c
  CROSS JOIN LATERAL (
    SELECT g.{{.time}}{{range words .group}}, g.{{.}}{{end}}
    FROM {{.table}} AS g
    WHERE g.{{.time}} = {{.at}}
{{- range words .group}}
      AND g.{{.}} = c.{{.}}
{{- end}}
      AND g.{{.number}} = 0
    OFFSET 0
  ) AS g
  WHERE {{.taken}}
) AS g
WHERE t.{{.time}} = g.{{.time}}
{{- range words .group}}
  AND t.{{.}} = g.{{.}}
{{- end}}
