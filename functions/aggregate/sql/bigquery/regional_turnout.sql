-- Registered, voted and the leader by region.
MERGE INTO analytics.regional_turnout AS t
USING (
{{include "regional_turnout_counted" . | indent 2}}
) AS s
ON t.election_date = s.election_date AND t.state = s.state
WHEN MATCHED AND (
  t.registered != s.registered
  OR t.voted != s.voted
  OR t.leader IS DISTINCT FROM s.leader
  OR t.leader_votes != s.leader_votes
  OR t.margin != s.margin
) THEN UPDATE SET
  registered = s.registered,
  voted = s.voted,
  turnout = s.turnout,
  leader = s.leader,
  leader_votes = s.leader_votes,
  margin = s.margin,
  updated_at = @started
WHEN NOT MATCHED THEN INSERT (
  election_date, state, registered, voted, turnout, leader, leader_votes, margin, updated_at
) VALUES (
  s.election_date, s.state, s.registered, s.voted, s.turnout, s.leader, s.leader_votes, s.margin, @started
)
WHEN NOT MATCHED BY SOURCE THEN DELETE
