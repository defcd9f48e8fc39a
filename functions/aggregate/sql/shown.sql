{{- /* For the statement shown of a pass, and for shown_live and shown_live_votes: see dialect.go. */ -}}
-- The votes by candidate that may be shown{{if not .live}} of the touched hours{{end}}.
{{- if .live}}
-- Between passes, of what is settled and what is above the settled offsets.
{{- end}}
-- A cell is the votes of one region in one hour. It has one row per candidate.
-- Of the votes of a cell that aren't shown yet, small_cell are held back. They are
-- divided among the candidates in proportion to what each of them has waiting.
-- The rest is shown once it is small_cell votes or more.
-- Shown votes that no longer count are taken away once they are small_cell or more.
-- A cell that would then show fewer than small_cell votes shows none.
-- So each change of a cell, and what it lacks of the exact count, is of small_cell
-- votes or more. A small_cell of 1 or less holds nothing back.
MERGE INTO analytics.shown_hours AS t
USING (
  WITH cells AS (
    SELECT hour, state, candidate, {{integer "SUM(votes)"}} AS votes, {{integer "SUM(shown)"}} AS shown
    FROM (
      SELECT hour, state, candidate, votes, 0 AS shown
      FROM analytics.hourly_trends
{{- if .live}}
      UNION ALL
      SELECT {{hour "v.window_start"}}, v.state, v.candidate, v.votes, 0
      FROM (
{{indent 8 .live}}
      ) AS live, {{liveVotes}}
      UNION ALL
      SELECT hour, state, candidate, 0, votes
      FROM analytics.shown_hours
    ) AS r
{{- else}}
      WHERE hour >= {{hour (variable "first_window")}} AND hour < {{variable "end_window"}}
      UNION ALL
      SELECT hour, state, candidate, 0, votes
      FROM analytics.shown_hours
      WHERE hour >= {{hour (variable "first_window")}} AND hour < {{variable "end_window"}}
    ) AS r
    WHERE hour IN (
      SELECT {{hour "window_start"}} FROM touched_windows WHERE source = 'votes'
    )
{{- end}}
    GROUP BY hour, state, candidate
  ),
  sums AS (
    SELECT
      *,
      {{integer "@small_cell"}} AS small_cell,
      GREATEST(votes - shown, 0) AS waits,
      {{integer "SUM(GREATEST(votes - shown, 0)) OVER (PARTITION BY hour, state)"}} AS waiting,
      {{integer "SUM(GREATEST(votes - shown, 0)) OVER (PARTITION BY hour, state ORDER BY candidate)"}} AS upto,
      {{integer "SUM(GREATEST(shown - votes, 0)) OVER (PARTITION BY hour, state)"}} AS gone,
      {{integer "SUM(LEAST(shown, votes)) OVER (PARTITION BY hour, state)"}} AS stays
    FROM cells
  ),
  steps AS (
    SELECT
      *,
      CASE WHEN gone >= small_cell THEN LEAST(shown, votes) ELSE shown END AS kept,
      CASE
        WHEN waiting >= 2 * small_cell
        THEN waits - {{quotient "small_cell * upto" "GREATEST(waiting, 1)"}}
          + {{quotient "small_cell * (upto - waits)" "GREATEST(waiting, 1)"}}
        ELSE 0
      END AS more
    FROM sums
    WHERE waiting + gone > 0
  )
  SELECT
    hour, state, candidate,
    CASE
      WHEN small_cell <= 1 THEN votes
      WHEN gone >= small_cell
        AND stays + CASE WHEN waiting >= 2 * small_cell THEN waiting - small_cell ELSE 0 END < small_cell THEN 0
      ELSE kept + more
    END AS votes
  FROM steps
) AS s
ON t.hour = s.hour
  AND t.state = s.state
  AND t.candidate = s.candidate
{{- if not .live}}
  AND t.hour >= {{hour (variable "first_window")}}
  AND t.hour < {{variable "end_window"}}
{{- end}}
WHEN MATCHED AND s.votes = 0 THEN DELETE
WHEN MATCHED AND s.votes != t.votes THEN UPDATE SET
  votes = s.votes,
  updated_at = @started
WHEN NOT MATCHED AND s.votes > 0 THEN INSERT (hour, state, candidate, votes, updated_at)
VALUES (s.hour, s.state, s.candidate, s.votes, @started)
