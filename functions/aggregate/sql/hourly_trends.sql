-- Counted votes of the touched hours, by region and candidate.
MERGE INTO analytics.hourly_trends AS t
USING (
  SELECT hour, state, candidate, SUM(votes) AS votes
  FROM (
    SELECT hour, state, candidate, votes
    FROM core.vote_hours
    WHERE hour >= {{hour (variable "first_window")}} AND hour < {{variable "end_window"}}
    UNION ALL
    SELECT hour, state, candidate, 0
    FROM analytics.hourly_trends
    WHERE hour >= {{hour (variable "first_window")}} AND hour < {{variable "end_window"}}
  ) AS r
  WHERE hour IN (
    SELECT {{hour "window_start"}} FROM touched_windows WHERE source = 'votes'
  )
  GROUP BY hour, state, candidate
) AS s
ON t.hour = s.hour
  AND t.state = s.state
  AND t.candidate = s.candidate
  AND t.hour >= {{hour (variable "first_window")}}
  AND t.hour < {{variable "end_window"}}
WHEN MATCHED AND s.votes = 0 THEN DELETE
WHEN MATCHED AND s.votes != t.votes THEN UPDATE SET
  votes = s.votes,
  revision = t.revision + 1,
  updated_at = @started
WHEN NOT MATCHED THEN INSERT (hour, state, candidate, votes, revision, updated_at)
VALUES (s.hour, s.state, s.candidate, s.votes, 0, @started)
