-- Registered, voted and the leader by region. A region of the election without voters
-- may have a row too.
WITH ranked AS (
  SELECT state, candidate, {{integer "SUM(votes)"}} AS votes,
    RANK() OVER (PARTITION BY state ORDER BY SUM(votes) DESC, candidate) AS rank
  FROM core.vote_hours
  GROUP BY state, candidate
),
voted AS (
  SELECT state, {{integer "SUM(votes)"}} AS voted,
    MAX(CASE WHEN rank = 1 THEN votes ELSE 0 END) AS best,
    MAX(CASE WHEN rank = 2 THEN votes ELSE 0 END) AS next
  FROM ranked
  GROUP BY state
),
registered AS (
  SELECT state, {{integer "SUM(registered)"}} AS registered
  FROM (
    SELECT state, registered FROM core.electorate_windows
    UNION ALL
    SELECT state, 0 FROM core.vote_hours
    UNION ALL
    SELECT state, 0 FROM analytics.regional_turnout
  ) AS r
  GROUP BY state
)
SELECT r.state, r.registered, COALESCE(v.voted, 0) AS voted,
  {{ratio "COALESCE(v.voted, 0)" "r.registered" | fraction}} AS turnout,
  l.candidate AS leader,
  COALESCE(v.best, 0) AS leader_votes,
  COALESCE(v.best, 0) - COALESCE(v.next, 0) AS margin
FROM registered AS r
LEFT JOIN voted AS v USING (state)
LEFT JOIN (SELECT state, candidate FROM ranked WHERE rank = 1) AS l USING (state)
