-- Rebuilds run this, a pass doesn't: see vote_windows_added.sql.
SELECT w.window_start, r.candidate, r.state, r.age_group, r.gender,
  sum(r.votes) AS votes,
  min(r.candidate_image) AS candidate_image
FROM (SELECT DISTINCT window_start FROM touched_windows WHERE source = 'votes') AS w
CROSS JOIN LATERAL (
  SELECT candidate, state, age_group, gender,
    count(*) AS votes,
    min({{include "portrait" .}}) FILTER (WHERE candidate_image IS NOT NULL) AS candidate_image
  FROM core.ballots
  WHERE date_bin('1 minute', voted_at, '0001-01-01 00:00:00+00') = w.window_start AND state IS NOT NULL
  GROUP BY candidate, state, age_group, gender
  UNION ALL
  SELECT candidate, state, age_group, gender, 0, NULL
  FROM core.vote_windows AS v
  WHERE v.window_start = w.window_start
) AS r
GROUP BY w.window_start, r.candidate, r.state, r.age_group, r.gender
