-- How many are registered and how many have voted, by region, age group and gender.
MERGE analytics.demographic_analysis AS t
USING (
  SELECT
    election_day AS election_date,
    state,
    age_group,
    gender,
    SUM(registered) AS registered,
    SUM(voted) AS voted,
    SAFE_DIVIDE(SUM(voted), SUM(registered)) AS participation
  FROM (
    SELECT state, age_group, gender, registered, 0 AS voted
    FROM core.electorate_windows
    UNION ALL
    SELECT state, age_group, gender, 0, votes
    FROM core.vote_hours
  )
  GROUP BY state, age_group, gender
) AS s
ON t.election_date = s.election_date
  AND t.state = s.state
  AND t.age_group = s.age_group
  AND t.gender = s.gender
WHEN MATCHED AND (t.registered != s.registered OR t.voted != s.voted) THEN UPDATE SET
  registered = s.registered,
  voted = s.voted,
  participation = s.participation,
  updated_at = @started
WHEN NOT MATCHED THEN INSERT (
  election_date, state, age_group, gender, registered, voted, participation, updated_at
) VALUES (
  s.election_date, s.state, s.age_group, s.gender, s.registered, s.voted, s.participation, @started
)
WHEN NOT MATCHED BY SOURCE THEN DELETE
