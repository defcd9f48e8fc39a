-- Registered, voted and the leader by region.
-- Rows that stay as they are are left out first: a conflict would write to them.
WITH s AS (
{{include "regional_turnout_counted" . | indent 2}}
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
