-- What is shown by hour, region and candidate: at most one row, with votes, and only
-- where votes were counted, be they settled or not. How many of them it shows depends on when passes ran.
SELECT 1 AS count, CONCAT(
  'hour ', CAST(hour AS STRING), ', state "', state, '", candidate "', candidate, '": ',
  CASE
    WHEN copies > 1 THEN CONCAT('stands there ', CAST(copies AS STRING), ' times')
    WHEN votes <= 0 THEN CONCAT('votes is ', CAST(votes AS STRING), ', want more than 0')
    ELSE CONCAT('votes is ', CAST(votes AS STRING), ', and none is counted of that hour and state')
  END
) AS text
FROM (
  SELECT s.hour, s.state, s.candidate, COUNT(*) AS copies, MIN(s.votes) AS votes, MAX(h.votes) AS counted
  FROM analytics.shown_hours AS s
  LEFT JOIN (
    SELECT hour, state, SUM(votes) AS votes
    FROM (
      SELECT hour, state, votes FROM analytics.hourly_trends
      UNION ALL
      SELECT TIMESTAMP_TRUNC(v.window_start, HOUR), v.state, v.votes
      FROM analytics.live_changes(TIMESTAMP_SECONDS(0), TIMESTAMP '9999-01-01 00:00:00+00', 0, 0, 0) AS live, UNNEST(live.votes) AS v
    )
    GROUP BY hour, state
  ) AS h
    ON h.hour = s.hour AND h.state = s.state
  GROUP BY s.hour, s.state, s.candidate
)
WHERE copies > 1 OR votes <= 0 OR counted IS NULL
ORDER BY hour, state, candidate
