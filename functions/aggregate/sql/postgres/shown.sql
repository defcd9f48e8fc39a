{{- /* For the statement shown of a pass, and for shown_live: see dialect.go. */ -}}
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
    SELECT hour, state, candidate, sum(votes)::bigint AS votes, sum(shown)::bigint AS shown
    FROM (
      SELECT hour, state, candidate, votes, 0 AS shown
      FROM analytics.hourly_trends
{{- if .live}}
      UNION ALL
      SELECT date_trunc('hour', v.window_start), v.state, v.candidate, v.votes, 0
      FROM (
{{.live}}
      ) AS live, jsonb_to_recordset(live.votes) AS v (window_start timestamptz, state text, candidate text, votes bigint)
      UNION ALL
      SELECT hour, state, candidate, 0, votes
      FROM analytics.shown_hours
    ) AS r
{{- else}}
      WHERE hour >= date_trunc('hour', @first_window::timestamptz) AND hour < @end_window
      UNION ALL
      SELECT hour, state, candidate, 0, votes
      FROM analytics.shown_hours
      WHERE hour >= date_trunc('hour', @first_window::timestamptz) AND hour < @end_window
    ) AS r
    WHERE hour IN (
      SELECT date_trunc('hour', window_start) FROM touched_windows WHERE source = 'votes'
    )
{{- end}}
    GROUP BY hour, state, candidate
  ),
  sums AS (
    SELECT
      *,
      greatest(votes - shown, 0) AS waits,
      (sum(greatest(votes - shown, 0)) OVER (PARTITION BY hour, state))::bigint AS waiting,
      (sum(greatest(votes - shown, 0)) OVER (PARTITION BY hour, state ORDER BY candidate))::bigint AS upto,
      (sum(greatest(shown - votes, 0)) OVER (PARTITION BY hour, state))::bigint AS gone,
      (sum(least(shown, votes)) OVER (PARTITION BY hour, state))::bigint AS stays
    FROM cells
  ),
  steps AS (
    SELECT
      *,
      CASE WHEN gone >= @small_cell::bigint THEN least(shown, votes) ELSE shown END AS kept,
      CASE
        WHEN waiting >= 2 * @small_cell::bigint
        THEN waits - @small_cell::bigint * upto / greatest(waiting, 1) + @small_cell::bigint * (upto - waits) / greatest(waiting, 1)
        ELSE 0
      END AS more
    FROM sums
    WHERE waiting + gone > 0
  )
  SELECT
    hour, state, candidate,
    CASE
      WHEN @small_cell::bigint <= 1 THEN votes
      WHEN gone >= @small_cell::bigint
        AND stays + CASE WHEN waiting >= 2 * @small_cell::bigint THEN waiting - @small_cell::bigint ELSE 0 END < @small_cell::bigint THEN 0
      ELSE kept + more
    END AS votes
  FROM steps
) AS s
ON t.hour = s.hour
  AND t.state = s.state
  AND t.candidate = s.candidate
{{- if not .live}}
  AND t.hour >= date_trunc('hour', @first_window::timestamptz)
  AND t.hour < @end_window
{{- end}}
WHEN MATCHED AND s.votes = 0 THEN DELETE
WHEN MATCHED AND s.votes != t.votes THEN UPDATE SET
  votes = s.votes,
  updated_at = @started
WHEN NOT MATCHED AND s.votes > 0 THEN INSERT (hour, state, candidate, votes, updated_at)
VALUES (s.hour, s.state, s.candidate, s.votes, @started)
