-- Registered, voted and the leader by region. Regions without voters may stand
-- there too, once: the election names them.
WITH counted AS (
  SELECT state, candidate, SUM(votes) AS votes
  FROM core.vote_hours
  GROUP BY state, candidate
),
leaders AS (
  SELECT state,
    ARRAY_AGG(candidate ORDER BY votes DESC, candidate LIMIT 1)[OFFSET(0)] AS leader,
    ARRAY_AGG(votes ORDER BY votes DESC, candidate LIMIT 2) AS best,
    SUM(votes) AS voted
  FROM counted
  GROUP BY state
),
registered AS (
  SELECT state, SUM(registered) AS registered
  FROM (
    SELECT state, registered FROM core.electorate_windows
    UNION ALL
    SELECT state, 0 FROM core.vote_hours
    UNION ALL
    SELECT state, 0 FROM analytics.regional_turnout
  )
  GROUP BY state
)
SELECT r.state, r.registered, IFNULL(l.voted, 0) AS voted,
  FORMAT('%.9f', SAFE_DIVIDE(IFNULL(l.voted, 0), r.registered)) AS turnout,
  l.leader,
  IFNULL(l.best[SAFE_OFFSET(0)], 0) AS leader_votes,
  IFNULL(l.best[SAFE_OFFSET(0)], 0) - IFNULL(l.best[SAFE_OFFSET(1)], 0) AS margin
FROM registered AS r
LEFT JOIN leaders AS l USING (state)
