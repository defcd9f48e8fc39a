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
MERGE analytics.shown_hours AS t
USING (
  WITH cells AS (
    SELECT hour, state, candidate, SUM(votes) AS votes, SUM(shown) AS shown
    FROM (
      SELECT hour, state, candidate, votes, 0 AS shown
      FROM analytics.hourly_trends
{{- if .live}}
      UNION ALL
      SELECT TIMESTAMP_TRUNC(v.window_start, HOUR), v.state, v.candidate, v.votes, 0
      FROM (
{{.live}}
      ) AS live, UNNEST(live.votes) AS v
      UNION ALL
      SELECT hour, state, candidate, 0, votes
      FROM analytics.shown_hours
    )
{{- else}}
      WHERE hour >= TIMESTAMP_TRUNC(first_window, HOUR) AND hour < end_window
      UNION ALL
      SELECT hour, state, candidate, 0, votes
      FROM analytics.shown_hours
      WHERE hour >= TIMESTAMP_TRUNC(first_window, HOUR) AND hour < end_window
    )
    WHERE hour IN (
      SELECT TIMESTAMP_TRUNC(window_start, HOUR) FROM touched_windows WHERE source = 'votes'
    )
{{- end}}
    GROUP BY hour, state, candidate
  ),
  sums AS (
    SELECT
      *,
      GREATEST(votes - shown, 0) AS waits,
      SUM(GREATEST(votes - shown, 0)) OVER (PARTITION BY hour, state) AS waiting,
      SUM(GREATEST(votes - shown, 0)) OVER (PARTITION BY hour, state ORDER BY candidate) AS upto,
      SUM(GREATEST(shown - votes, 0)) OVER (PARTITION BY hour, state) AS gone,
      SUM(LEAST(shown, votes)) OVER (PARTITION BY hour, state) AS stays
    FROM cells
  ),
  steps AS (
    SELECT
      *,
      IF(gone >= @small_cell, LEAST(shown, votes), shown) AS kept,
      IF(
        waiting >= 2 * @small_cell,
        waits - DIV(@small_cell * upto, GREATEST(waiting, 1)) + DIV(@small_cell * (upto - waits), GREATEST(waiting, 1)),
        0
      ) AS more
    FROM sums
    WHERE waiting + gone > 0
  )
  SELECT
    hour, state, candidate,
    CASE
      WHEN @small_cell <= 1 THEN votes
      WHEN gone >= @small_cell
        AND stays + IF(waiting >= 2 * @small_cell, waiting - @small_cell, 0) < @small_cell THEN 0
      ELSE kept + more
    END AS votes
  FROM steps
) AS s
ON t.hour = s.hour
  AND t.state = s.state
  AND t.candidate = s.candidate
{{- if not .live}}
  AND t.hour >= TIMESTAMP_TRUNC(first_window, HOUR)
  AND t.hour < end_window
{{- end}}
WHEN MATCHED AND s.votes = 0 THEN DELETE
WHEN MATCHED AND s.votes != t.votes THEN UPDATE SET
  votes = s.votes,
  updated_at = @started
WHEN NOT MATCHED AND s.votes > 0 THEN INSERT (hour, state, candidate, votes, updated_at)
VALUES (s.hour, s.state, s.candidate, s.votes, @started)
