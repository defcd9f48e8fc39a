-- Where anybody is registered or has voted, the election day is known: see election_day.sql.
SELECT
  CAST({{variable "election_day"}} AS DATE) AS election_date,
  state,
  age_group,
  gender,
  {{integer "SUM(registered)"}} AS registered,
  {{integer "SUM(voted)"}} AS voted,
  {{ratio "SUM(voted)" "SUM(registered)"}} AS participation
FROM (
  SELECT state, age_group, gender, registered, 0 AS voted
  FROM core.electorate_windows
  UNION ALL
  SELECT state, age_group, gender, 0, votes
  FROM core.vote_hours
) AS r
GROUP BY state, age_group, gender
