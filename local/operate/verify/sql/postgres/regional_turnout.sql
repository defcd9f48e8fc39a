-- Registered, voted and the leader by region. A region of the election without voters
-- may have a row too.
WITH ranked AS (
  SELECT state, candidate, sum(votes)::bigint AS votes,
    rank() OVER (PARTITION BY state ORDER BY sum(votes) DESC, candidate) AS rank
  FROM core.vote_hours
  GROUP BY state, candidate
),
voted AS (
  SELECT state, sum(votes)::bigint AS voted,
    max(CASE WHEN rank = 1 THEN votes ELSE 0 END) AS best,
    max(CASE WHEN rank = 2 THEN votes ELSE 0 END) AS next
  FROM ranked
  GROUP BY state
),
registered AS (
  SELECT state, sum(registered)::bigint AS registered
  FROM (
    SELECT state, registered FROM core.electorate_windows
    UNION ALL
    SELECT state, 0 FROM core.vote_hours
    UNION ALL
    SELECT state, 0 FROM analytics.regional_turnout
  ) AS r
  GROUP BY state
)
SELECT r.state, r.registered, coalesce(v.voted, 0) AS voted,
  round((coalesce(v.voted, 0)::float8 / nullif(r.registered, 0)::float8)::numeric, 9)::text AS turnout,
  l.candidate AS leader,
  coalesce(v.best, 0) AS leader_votes,
  coalesce(v.best, 0) - coalesce(v.next, 0) AS margin
FROM registered AS r
LEFT JOIN voted AS v USING (state)
LEFT JOIN (SELECT state, candidate FROM ranked WHERE rank = 1) AS l USING (state)
