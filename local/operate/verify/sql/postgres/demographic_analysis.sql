-- Registered and voted by region, age group and gender.
SELECT state, age_group, gender,
  sum(registered)::bigint AS registered,
  sum(voted)::bigint AS voted,
  round((sum(voted)::float8 / nullif(sum(registered), 0)::float8)::numeric, 9)::text AS participation
FROM (
  SELECT state, age_group, gender, registered, 0::bigint AS voted FROM core.electorate_windows
  UNION ALL
  SELECT state, age_group, gender, 0, votes FROM core.vote_hours
) AS r
GROUP BY state, age_group, gender
