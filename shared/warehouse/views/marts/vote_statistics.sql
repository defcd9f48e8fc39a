-- Counted votes by candidate, region, age group, gender and hour: the mart that
-- reports are built from.
SELECT
  hour AS hour_voted,
  candidate,
  state,
  age_group,
  gender,
  votes AS vote_count
FROM `${project}.${prefix}core.vote_hours`
