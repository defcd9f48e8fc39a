-- Registered and voted by region, age group and gender.
SELECT state, age_group, gender,
  SUM(registered) AS registered,
  SUM(voted) AS voted,
  FORMAT('%.9f', SAFE_DIVIDE(SUM(voted), SUM(registered))) AS participation
FROM (
  SELECT state, age_group, gender, registered, 0 AS voted FROM core.electorate_windows
  UNION ALL
  SELECT state, age_group, gender, 0, votes FROM core.vote_hours
)
GROUP BY state, age_group, gender
