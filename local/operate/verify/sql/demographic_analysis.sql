-- Registered and voted by region, age group and gender.
SELECT state, age_group, gender,
  {{integer "SUM(registered)"}} AS registered,
  {{integer "SUM(voted)"}} AS voted,
  {{ratio "SUM(voted)" "SUM(registered)" | fraction}} AS participation
FROM (
  SELECT state, age_group, gender, registered, 0 AS voted FROM core.electorate_windows
  UNION ALL
  SELECT state, age_group, gender, 0, votes FROM core.vote_hours
) AS r
GROUP BY state, age_group, gender
