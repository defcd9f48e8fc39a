-- How many are registered and how many have voted, by region, age group and gender.
MERGE INTO analytics.demographic_analysis AS t
USING (
{{include "demographic_analysis_counted" . | indent 2}}
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
