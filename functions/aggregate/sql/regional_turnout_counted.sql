-- The regions are those of the election, and those that voters name. None before a day is
-- known.
WITH ranked AS (
  SELECT
    state,
    candidate,
    SUM(votes) AS votes,
    ROW_NUMBER() OVER (PARTITION BY state ORDER BY SUM(votes) DESC, candidate) AS rank
  FROM core.vote_hours
  GROUP BY state, candidate
),
figures AS (
  SELECT state, 0 AS registered, votes,
    CASE WHEN rank = 1 THEN candidate END AS leader,
    CASE WHEN rank = 1 THEN votes ELSE 0 END AS leader_votes,
    CASE WHEN rank = 2 THEN votes ELSE 0 END AS next_votes
  FROM ranked
  UNION ALL
  SELECT state, registered, 0, NULL, 0, 0
  FROM core.electorate_windows
  UNION ALL
  SELECT state, 0, 0, NULL, 0, 0
  FROM {{regions}}
)
SELECT
  CAST({{variable "election_day"}} AS DATE) AS election_date,
  state,
  {{integer "SUM(registered)"}} AS registered,
  {{integer "SUM(votes)"}} AS voted,
  {{ratio "SUM(votes)" "SUM(registered)"}} AS turnout,
  MAX(leader) AS leader,
  {{integer "SUM(leader_votes)"}} AS leader_votes,
  {{integer "SUM(leader_votes) - SUM(next_votes)"}} AS margin
FROM figures
WHERE CAST({{variable "election_day"}} AS DATE) IS NOT NULL
GROUP BY state
