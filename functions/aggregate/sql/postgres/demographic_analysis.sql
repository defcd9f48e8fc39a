-- How many are registered and how many have voted, by region, age group and gender.
-- Rows that stay as they are are left out first: a conflict would write to them.
WITH s AS (
{{include "demographic_analysis_counted" . | indent 2}}
),
gone AS (
  DELETE FROM analytics.demographic_analysis AS t
  WHERE NOT EXISTS (
    SELECT
    FROM s
    WHERE s.election_date = t.election_date
      AND s.state = t.state
      AND s.age_group = t.age_group
      AND s.gender = t.gender
  )
)
INSERT INTO analytics.demographic_analysis AS t (
  election_date, state, age_group, gender, registered, voted, participation, updated_at
)
SELECT s.election_date, s.state, s.age_group, s.gender, s.registered, s.voted, s.participation, @started::timestamptz
FROM s
LEFT JOIN analytics.demographic_analysis AS t
  ON t.election_date = s.election_date AND t.state = s.state AND t.age_group = s.age_group AND t.gender = s.gender
WHERE (t.registered, t.voted) IS DISTINCT FROM (s.registered, s.voted)
ON CONFLICT (election_date, state, age_group, gender) DO UPDATE SET
  registered = excluded.registered,
  voted = excluded.voted,
  participation = excluded.participation,
  updated_at = excluded.updated_at
