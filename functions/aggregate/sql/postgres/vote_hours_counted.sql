-- Rebuilds run this, a pass doesn't: see vote_hours_added.sql.
SELECT w.hour, r.candidate, r.state, r.age_group, r.gender,
  sum(r.votes) AS votes,
  min(r.candidate_image) AS candidate_image
FROM (SELECT DISTINCT date_trunc('hour', window_start) AS hour FROM touched_windows WHERE source = 'votes') AS w
CROSS JOIN LATERAL (
  SELECT candidate, state, age_group, gender, sum(votes) AS votes, min(candidate_image) AS candidate_image
  FROM core.vote_windows
  WHERE window_start >= w.hour AND window_start < w.hour + interval '1 hour'
  GROUP BY candidate, state, age_group, gender
  UNION ALL
  SELECT candidate, state, age_group, gender, 0, NULL
  FROM core.vote_hours AS h
  WHERE h.hour = w.hour
) AS r
GROUP BY w.hour, r.candidate, r.state, r.age_group, r.gender
