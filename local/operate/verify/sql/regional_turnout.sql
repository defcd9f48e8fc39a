-- Registered, voted and the leader by region. A region of the election without voters
-- may have a row too.
WITH ranked AS (
  SELECT state, candidate, SUM(votes) AS votes,
    RANK() OVER (PARTITION BY state ORDER BY SUM(votes) DESC, candidate) AS rank
  FROM core.vote_hours
  GROUP BY state, candidate
),
voted AS (
  SELECT state, SUM(votes) AS voted,
    MAX(IF(rank = 1, votes, 0)) AS best,
    MAX(IF(rank = 2, votes, 0)) AS next
  FROM ranked
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
SELECT r.state, r.registered, IFNULL(v.voted, 0) AS voted,
  FORMAT('%.9f', SAFE_DIVIDE(IFNULL(v.voted, 0), r.registered)) AS turnout,
  l.candidate AS leader,
  IFNULL(v.best, 0) AS leader_votes,
  IFNULL(v.best, 0) - IFNULL(v.next, 0) AS margin
FROM registered AS r
LEFT JOIN voted AS v USING (state)
LEFT JOIN (SELECT state, candidate FROM ranked WHERE rank = 1) AS l USING (state)
