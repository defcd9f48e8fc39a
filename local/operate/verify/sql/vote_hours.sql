-- The minutes, summed by hour.
SELECT {{hour "window_start"}} AS hour, candidate, state, age_group, gender,
  {{integer "SUM(votes)"}} AS votes, MIN(candidate_image) AS candidate_image
FROM core.vote_windows
GROUP BY hour, candidate, state, age_group, gender
