-- Registered, voted and the leader by region: those of the election, and those
-- that voters name. None before a day is known. Rows that stay as they are are left out
-- first: a conflict would write to them.
WITH ranked AS (
  SELECT
    state,
    candidate,
    sum(votes) AS votes,
    row_number() OVER (PARTITION BY state ORDER BY sum(votes) DESC, candidate) AS rank
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
  FROM unnest(@regions::text[]) AS state
),
s AS (
  SELECT
    @election_day::date AS election_date,
    state,
    sum(registered)::bigint AS registered,
    sum(votes)::bigint AS voted,
    sum(votes)::double precision / nullif(sum(registered), 0)::double precision AS turnout,
    max(leader) AS leader,
    sum(leader_votes)::bigint AS leader_votes,
    (sum(leader_votes) - sum(next_votes))::bigint AS margin
  FROM figures
  WHERE @election_day::date IS NOT NULL
  GROUP BY state
),
gone AS (
  DELETE FROM analytics.regional_turnout AS t
  WHERE NOT EXISTS (SELECT FROM s WHERE s.election_date = t.election_date AND s.state = t.state)
)
INSERT INTO analytics.regional_turnout AS t (
  election_date, state, registered, voted, turnout, leader, leader_votes, margin, updated_at
)
SELECT s.election_date, s.state, s.registered, s.voted, s.turnout, s.leader, s.leader_votes, s.margin, @started::timestamptz
FROM s
LEFT JOIN analytics.regional_turnout AS t ON t.election_date = s.election_date AND t.state = s.state
WHERE (t.registered, t.voted, t.leader, t.leader_votes, t.margin)
  IS DISTINCT FROM (s.registered, s.voted, s.leader, s.leader_votes, s.margin)
ON CONFLICT (election_date, state) DO UPDATE SET
  registered = excluded.registered,
  voted = excluded.voted,
  turnout = excluded.turnout,
  leader = excluded.leader,
  leader_votes = excluded.leader_votes,
  margin = excluded.margin,
  updated_at = excluded.updated_at
