-- Registered, voted and the leader by region: those of the election, and those
-- that voters name. None before a day is known.
MERGE analytics.regional_turnout AS t
USING (
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
    SELECT state, 0 AS registered, votes, IF(rank = 1, candidate, NULL) AS leader,
      IF(rank = 1, votes, 0) AS leader_votes, IF(rank = 2, votes, 0) AS next_votes
    FROM ranked
    UNION ALL
    SELECT state, registered, 0, NULL, 0, 0
    FROM core.electorate_windows
    UNION ALL
    SELECT state, 0, 0, NULL, 0, 0
    FROM UNNEST(@regions) AS state
  )
  SELECT
    election_day AS election_date,
    state,
    SUM(registered) AS registered,
    SUM(votes) AS voted,
    SAFE_DIVIDE(SUM(votes), SUM(registered)) AS turnout,
    MAX(leader) AS leader,
    SUM(leader_votes) AS leader_votes,
    SUM(leader_votes) - SUM(next_votes) AS margin
  FROM figures
  WHERE election_day IS NOT NULL
  GROUP BY state
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
